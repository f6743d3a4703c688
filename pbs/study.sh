#!/bin/bash
# A study as a PBS job. The same file starts it, and goes on with it in a further job when the time was too short:
#
#   qsub pbs/study.sh                                              PBT on the built-in digits
#   qsub -v EXPERIMENT=configs/mnist-pbt.yaml pbs/study.sh         a study of yours
#   qsub -l select=8:ncpus=8:mpiprocs=8 -l walltime=4:00:00 -v EXPERIMENT=my.yaml pbs/study.sh
#
# Submit it from the project's root, or from anywhere once the program is installed. Rank 0 is the controller, so N processes
# train N-1 trials at a time. PBS does not say when the allocation ends: the walltime is asked of qstat, or given as MINUTES,
# and the study saves itself before. The further job has the same select and walltime, and TUNER_QSUB_OPTIONS ("-A account").
#PBS -N tuner
#PBS -l select=2:ncpus=4:mpiprocs=4
#PBS -l walltime=01:00:00
#PBS -j oe
#PBS -r n

cd "${PBS_O_WORKDIR:-.}" || exit 64
experiment=${EXPERIMENT:-configs/digits-pbt.yaml}
# What this job was given, as qstat says it; nothing where that is not to be had.
attribute() { qstat -f "${PBS_JOBID:-}" 2>/dev/null | sed -n "s/^ *$1 = //p" | head -n 1; }
select=$(attribute Resource_List.select)
walltime=$(attribute Resource_List.walltime)
minutes=${MINUTES:-$(awk -F: 'NF == 3 { print int($1 * 60 + $2 + $3 / 60) }' <<< "$walltime")}
minutes=${minutes:-60}
begun=${TUNER_JOBS:-1}
run_directory=${TUNER_RUN_DIRECTORY:-runs/$(basename "$experiment" .yaml)}
program=${TUNER_MPI:-.build/release/tuner-mpi}
[ -x "$program" ] || program=$(command -v tuner-mpi) || { echo "pbs: no tuner-mpi: run make build, or set TUNER_MPI" >&2; exit 64; }
script=pbs/study.sh
[ -f "$script" ] || script=$(dirname "$(readlink -f "$program")")/../../share/tuner-mpi/pbs/study.sh
export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-1}

mpirun "$program" run "$experiment" --run-directory "$run_directory" --walltime "$minutes"
code=$?
"$program" status "$run_directory"
case $? in
  0) exit 0 ;;
  # Unfinished, or not even begun.
  75 | 66)
    # Another job would end as this one did: a mistake in the study, a launcher that is not there.
    case $code in 64 | 126 | 127) exit "$code" ;; esac
    [ "$begun" -lt "${TUNER_MAXIMUM_JOBS:-20}" ] || { echo "pbs: unfinished after $begun jobs (TUNER_MAXIMUM_JOBS)" >&2; exit 1; }
    echo "pbs: unfinished (mpirun ended with $code): another job"
    settings="EXPERIMENT=$experiment,TUNER_RUN_DIRECTORY=$run_directory,TUNER_MPI=$program,TUNER_JOBS=$((begun + 1))"
    settings="$settings,TUNER_MAXIMUM_JOBS=${TUNER_MAXIMUM_JOBS:-20},TUNER_QSUB_OPTIONS=${TUNER_QSUB_OPTIONS:-}"
    [ -z "${MINUTES:-}" ] || settings="$settings,MINUTES=$MINUTES"
    # shellcheck disable=SC2086 # several options
    qsub ${select:+-l "select=$select"} ${walltime:+-l "walltime=$walltime"} ${TUNER_QSUB_OPTIONS:-} -v "$settings" "$script" ;;
  *) exit "${code:-1}" ;;
esac
