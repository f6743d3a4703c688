# What every batch script here does after its #SBATCH lines; sourced, with the script's arguments.
#
# Runs the study, passes on the signal that Slurm sends before the time limit, and asks for a requeue while the run
# directory says that work is left. The run directory decides, not the launcher's exit code: after saving, ranks exit
# with 0, and a lost node may give any code.
#
# Arguments: [--launcher mpirun|srun] [EXPERIMENT.yaml [options of `tuner-mpi run`]]
# Environment: TUNER_MPI (the program), TUNER_RUN_DIRECTORY, TUNER_MAXIMUM_RESTARTS (default 20), TUNER_RECOVERY
#   (no: a rank that dies ends the job), TUNER_SRUN_MPI (pmix)

cd "${SLURM_SUBMIT_DIR:-.}" || exit 64
launcher=mpirun
if [ "${1:-}" = --launcher ]; then launcher=${2:?"--launcher: expected mpirun or srun"}; shift 2; fi
experiment=${1:-$default_experiment}
[ $# -gt 0 ] && shift
program=${TUNER_MPI:-.build/release/tuner-mpi}
# Installed, such as by a module.
[ -x "$program" ] || program=$(command -v tuner-mpi) || program=${TUNER_MPI:-.build/release/tuner-mpi}
run_directory=${TUNER_RUN_DIRECTORY:-runs/$(basename "$experiment" .yaml)}
restarts=${SLURM_RESTART_COUNT:-0}
[ -x "$program" ] || { echo "slurm: no program $program: run \`make build\` first, or set TUNER_MPI" >&2; exit 64; }

case $launcher in
  mpirun)
    launch=(mpirun)
    # Open MPI 4 lets the others go on when a rank dies.
    if [ "${TUNER_RECOVERY:-}" != no ] && [[ $(mpirun --version 2>/dev/null) == *"Open MPI) 4."* ]]; then
      launch+=(--enable-recovery)
    fi ;;
  # Cray's MPI has another interface to Slurm, which is srun's default there: TUNER_SRUN_MPI= leaves it so.
  srun) mpi=${TUNER_SRUN_MPI-pmix}; launch=(srun ${mpi:+"--mpi=$mpi"}) ;;
  *) echo "slurm: --launcher: expected mpirun or srun, found $launcher" >&2; exit 64 ;;
esac
# Under srun Open MPI does not notice that ranks share cores; waiting ranks must then yield.
export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-1}

# A launcher that goes on without a rank that ended says 0 itself, or waits for ever once one has ended with a code: so
# the program leaves its own in a file. The file is there from the start, and written over in place, because a full disk
# may be why a rank ends; where it cannot be made the launcher ends all, as others do.
code_file=
if [[ ${launch[*]} == *--enable-recovery* ]]; then
  code_file=$PWD/.exit-code-${SLURM_JOB_ID:-$$}
  if { echo 0 >"$code_file"; } 2>/dev/null; then
    launch+=(-x "TUNER_EXIT_CODE_FILE=$code_file")
  else
    launch=(mpirun)
    rm -f "$code_file"
    code_file=
  fi
fi

echo "slurm: job ${SLURM_JOB_ID:-none}, restart $restarts, $(date '+%F %T'): ${launch[*]} $program run $experiment"
"${launch[@]}" "$program" run "$experiment" --run-directory "$run_directory" "$@" &
launched=$!
trap 'kill -USR1 "$launched" 2>/dev/null' USR1
# bash runs a trap only between commands or in `wait`, which then returns early: wait until the launcher is really gone.
while kill -0 "$launched" 2>/dev/null; do wait "$launched"; code=$?; done
trap '' USR1
if [ -n "$code_file" ]; then
  noted=$(cat "$code_file" 2>/dev/null)
  rm -f "$code_file"
  # 0, or nothing where the disk was full: what the launcher says stays.
  if [[ $noted =~ ^[1-9][0-9]*$ ]]; then code=$noted; fi
fi

"$program" status "$run_directory"
state=$?
case $state in
  0) exit 0 ;;
  # Unfinished, or not even begun.
  75 | 66)
    # A requeue would end as this job did: a mistake in the study, a launcher that is not there.
    case $code in 64 | 126 | 127) exit "$code" ;; esac
    if [ "$restarts" -ge "${TUNER_MAXIMUM_RESTARTS:-20}" ]; then
      echo "slurm: unfinished after $restarts restarts, which is the limit (TUNER_MAXIMUM_RESTARTS)" >&2
      exit 1
    fi
    echo "slurm: unfinished (the launcher ended with $code): requeue"
    scontrol requeue "$SLURM_JOB_ID" && sleep 60 ;;
  # A launcher that goes on without a rank says 0.
  *) if [ "${code:-0}" = 0 ]; then exit "$state"; else exit "$code"; fi ;;
esac
