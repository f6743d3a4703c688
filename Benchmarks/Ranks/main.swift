import Foundation
import MPI
import Tuner

// What signs of life cost rank 0: `mpirun -n 3 bench-ranks`. The other ranks send, each second, the signs of 16,384
// ranks, and rank 0 answers each of them with a word, as it does in a run, for ten seconds.

/// Seconds of a core that this process has used.
func processorSeconds() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
  return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Rank 0's second: a word to everyone, and looks every millisecond, oftener than in a run: two ranks stand for thousands,
/// and their way here holds few messages.
///
/// - Returns: how many signs came.
func controllerSecond(on line: PulseLine, ranks: Int, until end: ContinuousClock.Instant) throws -> Int {
  var heard = 0
  for number in 0..<ranks {
    try line.sendAlive(Sign(phase: .deciding), to: Rank(1 + number % (line.size - 1)))
    if number % 16 == 0 { while try line.receiveSign() != nil { heard += 1 } }
  }
  while ContinuousClock.now < end {
    while try line.receiveSign() != nil { heard += 1 }
    usleep(1000)
  }
  return heard
}

/// Another rank's second: its share of the signs, spread over it as those of as many processes would be.
func workerSecond(on line: PulseLine, signs: Int, until end: ContinuousClock.Instant) throws {
  var left = signs
  while ContinuousClock.now < end {
    for _ in 0..<min(left, 16) { try line.send(Sign(phase: .training, job: 1, trial: 1, step: 1)) }
    left = max(0, left - 16)
    while try line.receiveWord() != nil {}
    usleep(1000)
  }
}

func measure(ranks: Int, seconds: Int) throws {
  let mpi = try MPIEnvironment()
  guard mpi.world.size > 1 else { return print("start it under mpirun, on 2 ranks or more") }
  let line = try PulseLine(mpi.world)
  let share = ranks / (mpi.world.size - 1)
  try mpi.world.barrier()
  let start = (processor: processorSeconds(), clock: ContinuousClock.now)
  var heard = 0
  for second in 1...seconds {
    let end = start.clock + .seconds(second)
    if mpi.world.isRoot {
      heard += try controllerSecond(on: line, ranks: ranks, until: end)
    } else {
      try workerSecond(on: line, signs: share, until: end)
    }
  }
  if mpi.world.isRoot {
    let share = 100 * (processorSeconds() - start.processor) / Double(seconds)
    print(
      "signs of life of \(ranks) ranks, \(heard / seconds) heard a second: "
        + String(format: "%.1f%% of a core on rank 0", share))
  }
  try mpi.world.barrier()
}

try measure(ranks: 16_384, seconds: 10)
