import Foundation
import MPI
import Tuner

// What signs of life cost rank 0: `mpirun -n 3 bench-ranks`. The other ranks send, each second, the signs of
// 16,384 ranks, gathered by node, and rank 0 hears and answers them as it does in a run, for ten seconds.

/// Seconds of a core that this process has used.
func processorSeconds() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
  return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Ranks 1 to `ranks`, so many on a node, by the first of each.
func nodes(ranks: Int, perNode: Int) -> [Int: [Int]] {
  Dictionary(grouping: 1...ranks) { 1 + ($0 - 1) / perNode * perNode }
}

/// Rank 0's part: the thread of a run, beside which the main one sleeps.
func hear(_ line: PulseLine, ranks: Int, perNode: Int, seconds: Int) throws {
  let board = PulseBoard(ranks: ranks + 1, nodes: nodes(ranks: ranks, perNode: perNode))
  let start = processorSeconds()
  board.start(on: line)
  sleep(UInt32(seconds))
  let share = 100 * (processorSeconds() - start) / Double(seconds)
  // Everyone's newest sign is at most about a second old.
  let silent = try board.silences(over: 2).count
  board.stop()
  print(
    "signs of life of \(ranks) ranks, \(perNode) a node: "
      + String(format: "%.1f%% of a core on rank 0", share) + (silent > 0 ? ", \(silent) not heard" : ""))
}

/// Another rank's part: each second the messages of its share of the nodes, spread over it as those of as
/// many processes would be.
func tell(_ line: PulseLine, ranks: Int, perNode: Int, rank: Int, seconds: Int) throws {
  let messages = nodes(ranks: ranks, perNode: perNode).sorted { $0.key < $1.key }.map { first, members in
    GatheredSigns(
      firstRank: first, start: 0, isAlive: members.map { _ in true },
      members.map { SignWords(Sign(phase: .training, job: $0, trial: $0, step: $0)) })
  }.enumerated().filter { $0.offset % (line.size - 1) == rank - 1 }.map(\.element)
  let start = ContinuousClock.now
  var sent = 0
  // A little longer than rank 0 listens.
  while sent < messages.count * (seconds + 1) {
    let due = Int(Double(messages.count) * ((ContinuousClock.now - start) / .seconds(1)))
    while sent < due, try line.send([messages[sent % messages.count]]) { sent += 1 }
    while try line.receiveWord() != nil {}
    usleep(1000)
  }
}

func measure(ranks: Int, perNode: Int, seconds: Int, on world: borrowing Communicator) throws {
  let line = try PulseLine(world)
  try world.barrier()
  if world.isRoot {
    try hear(line, ranks: ranks, perNode: perNode, seconds: seconds)
  } else {
    try tell(line, ranks: ranks, perNode: perNode, rank: world.rank.rawValue, seconds: seconds)
  }
  try world.barrier()
}

func main() throws {
  let mpi = try MPIEnvironment()
  guard mpi.world.size > 1 else { return print("start it under mpirun, on 2 ranks or more") }
  for perNode in [64, 1] { try measure(ranks: 16_384, perNode: perNode, seconds: 10, on: mpi.world) }
}

try main()
