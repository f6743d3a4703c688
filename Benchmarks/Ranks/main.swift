import Foundation
import MPI
import Tuner

// What signs of life cost rank 0: `mpirun -n 3 bench-ranks`. The other ranks send, each second, the signs of 16,384
// ranks, and rank 0 answers each of them with a word, as it does in a run, for ten seconds.

let ranks = 16_384
let rounds = 10

let mpi = try MPIEnvironment()
guard mpi.world.size > 1 else {
  print("start it under mpirun, on 2 ranks or more")
  exit(64)
}
let line = try PulseLine(mpi.world)
let others = mpi.world.size - 1
let share = ranks / others

/// Seconds of a core that this process has used.
func processorSeconds() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
  return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

try mpi.world.barrier()
let start = (processor: processorSeconds(), clock: ContinuousClock.now)
var heard = 0
for round in 1...rounds {
  let end = start.clock + .seconds(round)
  if mpi.world.isRoot {
    for number in 0..<(share * others) {
      try line.sendAlive(Sign(phase: .deciding), to: Rank(1 + number % others))
    }
    while ContinuousClock.now < end {
      while try line.receiveSign() != nil { heard += 1 }
      usleep(50_000)
    }
  } else {
    for _ in 0..<share { try line.send(Sign(phase: .training, job: 1, trial: 1, step: 1)) }
    while ContinuousClock.now < end {
      while try line.receiveWord() != nil {}
      usleep(50_000)
    }
  }
}
if mpi.world.isRoot {
  let used = processorSeconds() - start.processor
  print(
    "signs of life of \(ranks) ranks, \(heard / rounds) heard a second: "
      + String(format: "%.1f%% of a core on rank 0", 100 * used / Double(rounds)))
}
try mpi.world.barrier()
