#!/bin/bash
# The GPU path on a machine with a GPU, in at most eight minutes: that it trains to the same losses as the CPU and as
# PyTorch, and how fast beside PyTorch eager and compiled. Where there is no GPU, it says so and ends.
#
#   Benchmarks/Training/gpu.sh [PYTHON]
#
# Needs `swift build -c release` beforehand, with the libtorch of a torch that knows CUDA, and that torch in PYTHON.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${1:-python3}

if ! command -v nvidia-smi > /dev/null || ! nvidia-smi -L > /dev/null 2>&1; then
  echo "There is no GPU here: nothing was checked."
  exit 0
fi
for program in tuner-mpi bench-training; do
  if [ ! -x ".build/release/$program" ]; then
    echo "expected .build/release/$program, found none: swift build -c release --product $program"
    exit 1
  fi
done
"$python" -c 'import torch, sys; sys.exit(0 if torch.cuda.is_available() else 1)' || {
  echo "expected a torch that knows CUDA in $python, found none: name another Python"
  exit 1
}
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# One trial on either device: new weights, order and dropout are drawn alike, so the losses differ by rounding alone.
for device in cpu cuda; do
  cat > "$folder/$device.yaml" << END
study: gpu-$device
data: digits
model: {kind: mlp, hidden: [64, 64], dropout: 0.2}
training: {optimizer: adamw}
resources: {device: $device}
search:
  space: {learning_rate: {type: float, low: 1e-3, high: 1.1e-3}}
  sampler: random
  scheduler: {kind: full, trials: 1, budget: 5}
END
  timeout 60 .build/release/tuner-mpi run "$folder/$device.yaml" --run-directory "$folder/$device" > /dev/null
done
"$python" - "$folder" << 'END'
import csv, sys
def score(device):
    with open(f"{sys.argv[1]}/{device}/trials.csv") as file:
        return float(list(csv.DictReader(file))[-1]["metric.dev_accuracy"])
cpu, cuda = score("cpu"), score("cuda")
print(f"dev_accuracy after 5 epochs: cpu {cpu:.4f}, cuda {cuda:.4f}")
sys.exit(0 if abs(cpu - cuda) < 0.02 else "expected the same to a few samples")
END

for case in mlp-adamw resnet-adamw transformer-adamw mlp-lamb; do
  timeout 100 "$python" Benchmarks/Training/beside_pytorch.py .build/release/bench-training --device cuda "$case"
done
