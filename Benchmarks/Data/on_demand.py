"""Trains on a file that is larger than the memory allowed, and tells the memory that it takes.

    python3 -m pip install h5py numpy
    swift build --product tuner-mpi
    python3 Benchmarks/Data/on_demand.py .build/debug/tuner-mpi [GIBIBYTES] [STEPS] [RANKS]

Writes a set of images of so many GiB (4) into the folder for temporary files, trains a small network on it for so many
steps (10,000), and prints the resident memory of each rank once a second, its peak, and the time. Ends with 1 where a
rank ever took more than 1 GiB. Deletes what it wrote.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

LIMIT = 1 << 20  # KiB
SHAPE = (3, 32, 32)

STUDY = """
study: on-demand
seed: 1
data: {{kind: hdf5, path: {path}, on_demand: true, split: {{train: 0.98, dev: 0.01, test: 0.01}}}}
model: {{kind: mlp, hidden: [16]}}
training: {{batch_size: 32, epoch_tail: spread}}
search:
  budget_unit: steps
  space: {{learning_rate: {{type: float, low: 1e-3, high: 2e-3, scale: log}}}}
  scheduler: {{kind: full, trials: 1, budget: {steps}}}
resources: {{ranks_per_trial: {ranks}}}
"""


def write(path, gibibytes):
    """Noise around a mean of each class, in rows that are written as they are made."""
    count = int(gibibytes * 2**30 / (4 * np.prod(SHAPE)))
    generator = np.random.default_rng(1)
    means = generator.normal(size=(10, *SHAPE)).astype(np.float32)
    with h5py.File(path, "w") as file:
        samples = file.create_dataset("samples", (count, *SHAPE), "<f4")
        labels = file.create_dataset("labels", (count,), "<i8")
        for start in range(0, count, 4096):
            end = min(start + 4096, count)
            classes = generator.integers(0, 10, end - start)
            noise = generator.standard_normal((end - start, *SHAPE), dtype=np.float32)
            samples[start:end] = 3 * noise + means[classes]
            labels[start:end] = classes
    return count


def status(process):
    """VmRSS and VmHWM in KiB; None once the process is gone."""
    try:
        lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return None
    fields = {line.split(":")[0]: line.split() for line in lines}
    return (int(fields["VmRSS"][1]), int(fields["VmHWM"][1])) if "VmRSS" in fields else None


def processes(first):
    """This process and all that it started, and they."""
    parents = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    found = {first}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    gibibytes = float(sys.argv[2]) if len(sys.argv) > 2 else 4
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
    ranks = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    folder = pathlib.Path(tempfile.mkdtemp(prefix="on-demand-"))
    try:
        count = write(folder / "data.h5", gibibytes)
        size = (folder / "data.h5").stat().st_size
        print(f"{count} samples, {size / 2**30:.2f} GiB", flush=True)
        (folder / "study.yaml").write_text(
            STUDY.format(path=folder / "data.h5", steps=steps, ranks=ranks))
        command = [str(program), "run", str(folder / "study.yaml"), "--run-directory", str(folder / "run")]
        if ranks > 1:
            command = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", str(ranks)] + command
        start = time.monotonic()
        study = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        course, peaks = [], {}
        while study.poll() is None:
            for process in processes(study.pid):
                if (now := status(process)) is not None:
                    peaks[process] = now[1]
                    course.append(now[0])
            time.sleep(1)
        seconds = time.monotonic() - start
        print(study.stdout.read()[-600:])
        tenths = [course[len(course) * tenth // 10] // 1024 for tenth in range(10)] if course else []
        print(f"resident over time, MiB: {tenths}")
        print(f"peak of each rank, MiB: {[peak // 1024 for peak in peaks.values()]}; {seconds:.0f} seconds")
        sys.exit(study.returncode or int(not peaks or max(peaks.values()) > LIMIT))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
