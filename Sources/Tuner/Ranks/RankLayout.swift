/// Which ranks do what: rank 0 is the controller, the others form groups of equal size; those left over idle.
/// A function of two numbers, computed alike on every rank.
public struct RankLayout: Equatable, Sendable {
  public let worldSize: Int
  public let ranksPerTrial: Int

  /// - Throws: `TunerError` of kind `usage` when there are too few ranks for one group.
  public init(worldSize: Int, ranksPerTrial: Int) throws(TunerError) {
    let workers = max(1, worldSize - 1)
    guard ranksPerTrial >= 1, ranksPerTrial <= workers else {
      let started =
        worldSize == 1
        ? "this is the only rank" : "\(worldSize) ranks were started and one of them is the controller"
      throw TunerError(
        .usage, subject: "resources.ranks_per_trial",
        expected: "\(workers == 1 ? "1 rank" : "from 1 to \(workers) ranks") in a group, because \(started)",
        found: "\(ranksPerTrial)",
        remedy: ranksPerTrial < 1
          ? "Write 1 or more."
          : "Start at least \(ranksPerTrial + 1) ranks, or write \(workers) or less.")
    }
    self.worldSize = worldSize
    self.ranksPerTrial = ranksPerTrial
  }

  /// True when the controller and its one worker share a process.
  public var isLocal: Bool { worldSize == 1 }

  public var groupCount: Int { isLocal ? 1 : (worldSize - 1) / ranksPerTrial }

  /// Ranks of the world that a group consists of, its root first. Neighbours, so that launchers that fill one
  /// node after the other put a group on as few nodes as possible.
  public func ranks(of group: GroupID) -> [Int] {
    if isLocal { return [0] }
    let first = 1 + group.rawValue * ranksPerTrial
    return Array(first..<first + ranksPerTrial)
  }

  /// What a rank of the world is there for.
  public func role(of rank: Int) -> Role {
    if rank == 0 { return .controller }
    let (group, place) = (rank - 1).quotientAndRemainder(dividingBy: ranksPerTrial)
    if group >= groupCount { return .spare }
    return place == 0 ? .root(GroupID(group)) : .member(GroupID(group))
  }

  public enum Role: Equatable, Sendable {
    case controller
    case root(GroupID)
    case member(GroupID)
    /// Left over: too few ranks for one more group.
    case spare
  }

  public var spareRanks: [Int] { (0..<worldSize).filter { role(of: $0) == .spare } }

  /// A line for the user when ranks idle; nil when none does.
  public var warning: String? {
    let spare = spareRanks
    guard !spare.isEmpty else { return nil }
    return "\(spare.count == 1 ? "rank \(spare[0]) idles" : "ranks \(spare[0])...\(spare.last!) idle"): "
      + "\(worldSize - 1) workers make \(groupCount) group\(groupCount == 1 ? "" : "s") of \(ranksPerTrial); start "
      + "\(1 + groupCount * ranksPerTrial) or \(1 + (groupCount + 1) * ranksPerTrial) ranks to use all."
  }
}

extension RankLayout {
  /// A line for the user when there are more groups than trials that can train at once; nil when there are not.
  ///
  /// - Parameter concurrency: how many jobs can be at work at once when the study begins.
  public func warning(concurrency: Int) -> String? {
    guard groupCount > concurrency else { return nil }
    let idle = groupCount - concurrency
    return "\(idle) of \(groupCount) groups will idle: this search trains at most \(concurrency) "
      + "trial\(concurrency == 1 ? "" : "s") at once; start \(1 + concurrency * ranksPerTrial) ranks, or let more trials "
      + "begin together."
  }
}

extension RankLayout {
  /// Refuses the trap that an MPI library without the launcher's process management interface falls into:
  /// every process believes to be alone, and all of them would run the whole study.
  ///
  /// - Parameter environment: the process's environment variables.
  public static func checkLauncher(worldSize: Int, environment: [String: String]) throws(TunerError) {
    guard worldSize == 1, environment["OMPI_COMM_WORLD_SIZE"] == nil, environment["SLURM_PROCID"] != nil,
      let text = environment["SLURM_STEP_NUM_TASKS"], let tasks = Int(text), tasks > 1
    else { return }
    throw TunerError(
      .usage, subject: "MPI", expected: "\(tasks) ranks, as many as srun started", found: "1",
      remedy: "This MPI library does not understand srun's interface: use srun --mpi=pmix, or mpirun.")
  }
}
