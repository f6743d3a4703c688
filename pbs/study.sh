#!/bin/bash
# A study as a PBS job. The same file starts it, and goes on with it in a further job when the time was too short:
#
#   qsub pbs/study.sh                                              PBT on the built-in digits
#   qsub -v EXPERIMENT=configs/mnist-pbt.yaml pbs/study.sh         a study of yours
#   qsub -l select=8:ncpus=8:mpiprocs=8 -l walltime=4:00:00 -v EXPERIMENT=my.yaml,MINUTES=240 pbs/study.sh
#
# Submit it from the project's root. Rank 0 is the controller, so N processes train N-1 trials at a time. PBS does not say
# when the allocation ends: MINUTES is the walltime again, and the study saves itself before.
#PBS -N tuner
#PBS -l select=2:ncpus=4:mpiprocs=4
#PBS -l walltime=01:00:00
#PBS -j oe
#PBS -r n

cd "${PBS_O_WORKDIR:-.}" || exit 64
experiment=${EXPERIMENT:-configs/digits-pbt.yaml}
minutes=${MINUTES:-60}
begun=${TUNER_JOBS:-1}
run_directory=${TUNER_RUN_DIRECTORY:-runs/$(basename "$experiment" .yaml)}
program=${TUNER_MPI:-.build/release/tuner-mpi}
[ -x "$program" ] || program=$(command -v tuner-mpi) || { echo "pbs: no tuner-mpi: run make build, or set TUNER_MPI" >&2; exit 64; }
export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-1}

mpirun "$program" run "$experiment" --run-directory "$run_directory" --walltime "$minutes"
code=$?
"$program" status "$run_directory"
case $? in
  0) exit 0 ;;
  # Unfinished, or not even begun.
  75 | 66)
    [ "$code" != 64 ] || exit 64
    [ "$begun" -lt "${TUNER_MAXIMUM_JOBS:-20}" ] || { echo "pbs: unfinished after $begun jobs (TUNER_MAXIMUM_JOBS)" >&2; exit 1; }
    echo "pbs: unfinished (mpirun ended with $code): another job"
    qsub -v "EXPERIMENT=$experiment,MINUTES=$minutes,TUNER_RUN_DIRECTORY=$run_directory,TUNER_MPI=$program,TUNER_MAXIMUM_JOBS=${TUNER_MAXIMUM_JOBS:-20},TUNER_JOBS=$((begun + 1))" \
      pbs/study.sh ;;
  *) exit "${code:-1}" ;;
esac
