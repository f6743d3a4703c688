import Foundation
import MPI
import Training

// What a program in a dialogue costs beside the program itself: `mpirun -n 2 bench-trainee FOLDER`, where FOLDER has
// `echo.py`. Prints the turn-around of a living script, a clone of 200 MB beside a raw send of as many bytes, and what
// a plain command costs beside fork and exec.

let folder = CommandLine.arguments.dropFirst().first ?? "Benchmarks/Trainee"

func milliseconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .milliseconds(1)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func program(_ command: [String], isDialogue: Bool) -> ProgramConfiguration {
  ProgramConfiguration(
    command, isDialogue: isDialogue, processes: .rank, metrics: isDialogue ? [PrintedMetric("loss")] : [],
    settings: ["rate": .number(0.1)], keepsState: isDialogue)
}

/// Reached, saved, and the next unit begun: all that lies between two units of training.
func turnAround(_ group: borrowing Communicator, bytes: Int) throws -> Double {
  let program = program(["python3", "\(folder)/echo.py", "\(bytes)"], isDialogue: true)
  let place = ProgramPlace(program, study: "bench", seed: 1)
  let trainee = try DialogueTrainee(program, trial: 1, at: place, on: group)
  _ = try trainee.train(to: 1) { false }
  var times: [Double] = []
  for unit in 2...50 {
    times.append(
      try milliseconds {
        _ = try trainee.measure()
        _ = try trainee.snapshot()
        // The script trains nothing: this is the time until it has heard of the next unit, and said so.
        _ = try trainee.train(to: unit) { false }
      })
  }
  return median(times)
}

/// What is measured on rank 1: from the parent's memory to the clone's objects, and the same bytes sent and nothing
/// else, into memory that was used before and into memory that is new, as a clone's is.
struct CloneTimes {
  var (clone, used, new): (Double, Double, Double) = (0, 0, 0)
}

func clone(_ world: borrowing Communicator, bytes: Int) throws -> CloneTimes {
  let one = try world.makeGroup(of: [world.rank], tag: Tag(7), named: "one rank")
  let program = program(["python3", "\(folder)/echo.py", "\(bytes)"], isDialogue: true)
  let place = ProgramPlace(program, study: "bench", seed: 1)
  let trainee = try DialogueTrainee(program, trial: world.rank.rawValue, at: place, on: one)
  _ = try trainee.train(to: 1) { false }
  guard let parent = try trainee.snapshot(), let block = parent.blocks.values.first else {
    return CloneTimes()
  }
  func exchange(into memory: StateMemory) throws {
    if world.isRoot {
      let bytes = UnsafeBufferPointer(block.memory.writable.bindMemory(to: UInt8.self))
      _ = try world.startSend(bytes, to: Rank(1), tag: Tag(8)).wait(until: .seconds(60))
    } else {
      try world.receive(into: memory.writable.bindMemory(to: UInt8.self), from: Rank(0), tag: Tag(8))
    }
  }
  var (clones, used, new): ([Double], [Double], [Double]) = ([], [], [])
  let warm = try StateMemory(byteCount: block.memory.byteCount, for: "a raw send")
  for _ in 0..<7 {
    try world.barrier()
    used.append(try milliseconds { try exchange(into: warm) })
    try world.barrier()
    new.append(
      try milliseconds {
        try exchange(into: StateMemory(byteCount: block.memory.byteCount, for: "a raw send"))
      })
    try world.barrier()
    clones.append(
      try milliseconds {
        let arrival = try StateMemory(sharing: block.memory.byteCount, for: "a clone")
        try exchange(into: arrival)
        if world.isRoot { return }
        _ = try trainee.takeUp(program, trial: 2)
        try trainee.restore(
          Snapshot(
            progress: parent.progress, scalars: parent.scalars,
            blocks: ["state": Snapshot.Block(layout: block.layout, memory: arrival)]))
      })
  }
  return CloneTimes(clone: median(clones), used: median(used), new: median(new))
}

/// A plain command that does nothing, and the same program started and awaited by the C library.
func plainCommand(_ group: borrowing Communicator) throws -> (trainee: Double, bare: Double) {
  let program = program(["/bin/true"], isDialogue: false)
  let place = ProgramPlace(program, study: "bench", seed: 1)
  let trainee = try PlainTrainee(program, trial: 1, at: place, on: group)
  var (times, bare): ([Double], [Double]) = ([], [])
  for budget in 1...50 {
    times.append(try milliseconds { _ = try trainee.train(to: budget) { false } })
    bare.append(
      milliseconds {
        var process = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/true"), nil]
        posix_spawn(&process, "/bin/true", nil, nil, &arguments, environ)
        waitpid(process, nil, 0)
        free(arguments[0])
      })
  }
  return (median(times), median(bare))
}

func run() throws {
  let mpi = try MPIEnvironment()
  guard mpi.world.size == 2 else { return print("start it under mpirun, on 2 ranks") }
  let one = try mpi.world.makeGroup(of: [mpi.world.rank], tag: Tag(6), named: "one")
  if mpi.world.isRoot {
    print(
      String(
        format: "turn-around of a living script, 1 MB saved: %.2f ms", try turnAround(one, bytes: 1_000_000)))
    let (trainee, bare) = try plainCommand(one)
    print(String(format: "a plain command: %.2f ms, fork and exec alone %.2f ms", trainee, bare))
  }
  try mpi.world.barrier()
  let times = try clone(mpi.world, bytes: 200_000_000)
  if !mpi.world.isRoot {
    print(
      String(
        format:
          "a clone of 200 MB: %.0f ms; a raw send into used memory %.0f ms (ratio %.2f), into new %.0f ms (%.2f)",
        times.clone, times.used, times.clone / times.used, times.new, times.clone / times.new))
  }
}

try run()
