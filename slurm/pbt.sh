#!/bin/bash
# Population based training as a batch job. The same file starts the study, and goes on after every requeue:
#
#   sbatch slurm/pbt.sh                                     the built-in digits population
#   sbatch slurm/pbt.sh configs/mnist-pbt.yaml              a study of yours
#   sbatch slurm/pbt.sh --launcher srun EXPERIMENT.yaml     srun (PMIx) instead of mpirun
#
# Submit it from the project's root. Rank 0 is the controller, so N tasks train N-1 members at a time.
#SBATCH --job-name=tuner-pbt
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=4
#SBATCH --cpus-per-task=1
#SBATCH --time=01:00:00
#SBATCH --signal=B:USR1@180
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.log

default_experiment=configs/digits-pbt.yaml
scripts=${SLURM_SUBMIT_DIR:-.}/slurm
# Submitted from elsewhere: beside the installed program.
[ -f "$scripts/study.bash" ] || scripts=$(dirname "$(readlink -f "$(command -v tuner-mpi)")")/../../share/tuner-mpi/slurm
source "$scripts/study.bash"
