// How fast the optimizers and the gradient exchange are, each beside its limit, in one run:
//
//     swift build -c release --product bench-optimizers
//     .build/release/bench-optimizers                    the optimizers
//     mpirun -n 2 .build/release/bench-optimizers        the gradient exchange
//
// One thread a rank; the optimizers' model is the perceptron 784-1024-1024-10 (1.86 million parameters).

import MPI
import Tensors

/// A function, because MPI is finalized when the environment goes, and a global never goes.
func run() throws {
  let environment = try MPIEnvironment()
  try TensorRuntime.setThreads(1)
  TensorRuntime.keepFreedMemory()
  if environment.world.size == 1 {
    try printOptimizerTimes(.mlp())
  } else {
    for model in try [BenchmarkModel.mlp(), .resnet(), .transformer()] {
      try printExchangeTimes(model, on: environment.world)
    }
  }
}

try run()
