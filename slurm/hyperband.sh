#!/bin/bash
# Hyperband with a Bayesian sampler as a batch job. The same file starts the study, and goes on after every requeue:
#
#   sbatch slurm/hyperband.sh                                 Hyperband on the built-in digits
#   sbatch slurm/hyperband.sh configs/digits-asha.yaml        a study of yours
#   sbatch slurm/hyperband.sh --launcher srun EXPERIMENT.yaml   srun (PMIx) instead of mpirun
#
# Submit it from the project's root. Rank 0 is the controller, so N tasks train N-1 trials at a time.
#SBATCH --job-name=tuner-hyperband
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=4
#SBATCH --cpus-per-task=1
#SBATCH --time=01:00:00
#SBATCH --signal=B:USR1@180
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.log

default_experiment=configs/digits-hyperband.yaml
scripts=${SLURM_SUBMIT_DIR:-.}/slurm
# Submitted from elsewhere: beside the installed program.
[ -f "$scripts/study.bash" ] || scripts=$(dirname "$(readlink -f "$(command -v tuner-mpi)")")/../../share/tuner-mpi/slurm
source "$scripts/study.bash"
