internal import Foundation
public import MPI
internal import Processes
internal import Randomness

/// Where the programs of one rank run: what they are started with, and the one in a dialogue that lives on from trial
/// to trial.
public final class ProgramPlace {
  let configuration: ProgramConfiguration
  let study: String
  private let seed: UInt64
  /// This rank's number among those of its node that train.
  private let localRank: Int
  /// The name of the log of what belongs to no trial.
  private let name: String
  /// The directory of all logs; nil for none.
  private let logs: String?
  /// For the programs' files on this node; made when it is first needed.
  private var temporary: TemporaryPlace?
  private var directories = 0
  private let warn: @Sendable (String) -> Void
  /// What something was said of.
  private var warned: Set<String> = []
  /// The program in a dialogue, while no trial has it.
  var idle: Conversation?

  /// - Parameters:
  ///   - localRank: this rank's number among those of its node that train.
  ///   - name: the rank's, for a log of what its programs print before their first trial.
  ///   - logs: a directory that is there.
  ///   - warn: a line for the user, said once.
  public init(
    _ configuration: ProgramConfiguration, study: String, seed: UInt64, localRank: Int = 0,
    name: String = "rank-0",
    logs: String? = nil, warn: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.study = study
    self.seed = seed
    self.localRank = localRank
    self.name = name
    self.logs = logs
    self.warn = warn
  }

  deinit { idle?.end() }

  /// The seed of a trial: below 2³¹, which every random generator takes.
  func seed(of trial: Int) -> Int {
    var generator = CounterGenerator(seed: seed, purpose: .initialization, index: trial)
    return Int(generator.next() >> 33)
  }

  /// A directory for the programs' files on this node; gone when this process is.
  func scratch() throws(TrainingError) -> String {
    if let temporary { return temporary.path }
    do throws(ProcessError) {
      let made = try TemporaryPlace(named: "tuner-mpi")
      temporary = made
      return made.path
    } catch {
      throw .place(
        subject: "a directory for a program's files", expected: "to make one", found: error.description,
        remedy: "Set TMPDIR to a place that can be written.")
    }
  }

  /// The path of a directory that is not there yet.
  func newDirectory() throws(TrainingError) -> String {
    directories += 1
    return "\(try scratch())/state-\(directories)"
  }

  /// A directory of a trial on this node, made when it is asked for.
  func directory(of trial: Int) throws(TrainingError) -> String {
    let path = "\(try scratch())/trial-\(trial)"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .place(
        subject: "a directory for a program's files", expected: "to make \(path)",
        found: "\((error as NSError).localizedDescription)",
        remedy: "Set TMPDIR to a place that can be written.")
    }
    return path
  }

  /// The log of one rank of a trial's group; nil where none can be.
  func log(of trial: Int, rank: Int) -> String? {
    guard let logs else { return nil }
    let digits = String(trial)
    let name = "trial-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    let directory = "\(logs)/\(name)"
    guard mkdir(directory, 0o777) == 0 || errno == EEXIST else { return nil }
    return "\(directory)/rank-\(rank).log"
  }

  /// The log of what belongs to no trial yet; nil where none can be.
  var logOfStart: String? { logs.map { "\($0)/\(name).log" } }

  /// Says something of the study, the first time that it is about this.
  func warnOnce(_ text: String, about subject: String) {
    if warned.insert(subject).inserted { warn(text) }
  }
}

// What a program is started with.
extension ProgramPlace {
  /// Variables of launchers by their first letters: a program that imports MPI must not join this world.
  private static let launchers = [
    "OMPI_", "PMIX_", "PMI_", "PRTE_", "ORTE_", "OPAL_", "HYDRA_", "HYDI_", "PALS_", "I_MPI_", "MPIR_",
    "MPI_LOCAL",
    "SLURM_", "SLURMD_", "FLUX_", "ALPS_",
  ]
  /// Of these, what says nothing of a rank.
  private static let kept = [
    "SLURM_JOB_ID", "SLURM_JOBID", "SLURM_JOB_NAME", "SLURM_JOB_NODELIST", "SLURM_SUBMIT_DIR", "SLURM_TMPDIR",
    "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_CLUSTER_NAME",
  ]

  /// The environment of a program on this rank, as PyTorch's own launcher would set it for the group alone.
  ///
  /// - Parameter seat: this rank's in its group.
  func environment(at seat: GroupSeat) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment.filter { name, _ in
      Self.kept.contains(name) || !Self.launchers.contains { name.hasPrefix($0) }
    }
    let threads = String(configuration.threads)
    for name in ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"] { environment[name] = threads }
    // Output that is no terminal would come late.
    environment["PYTHONUNBUFFERED"] = "1"
    // A program of its own is not to take itself for one of several.
    let rendezvous = seat.ranks > 1 || configuration.isDialogue ? seat.rendezvous : [:]
    for name in GroupSeat.names { environment[name] = rendezvous[name] }
    environment["TUNER_MPI_STUDY"] = study
    environment["TUNER_MPI_RANK"] = String(seat.rank)
    environment["TUNER_MPI_RANKS"] = String(seat.ranks)
    for (name, value) in deviceVariables(of: environment, seat) { environment[name] = value }
    return environment.merging(configuration.environment) { _, own in own }
  }

  /// The GPUs of the group's ranks on this node, this rank's at the place of its `LOCAL_RANK`.
  private func deviceVariables(of environment: [String: String], _ seat: GroupSeat) -> [String: String] {
    var chosen: [String: String] = [:]
    for (name, devices) in [
      // A ROCm device has other uses for its file, and is divided only where the launcher names it.
      ("CUDA_VISIBLE_DEVICES", Self.count(of: "/dev", "nvidia")), ("ROCR_VISIBLE_DEVICES", 0),
    ] {
      let visible =
        environment[name]?.split(separator: ",").map(String.init) ?? (0..<devices).map(String.init)
      guard !visible.isEmpty else { continue }
      if visible.count == 1, seat.numbersOnNode.count > 1 {
        // The launcher has divided them, or there is one for all: for each it is the first that it sees.
        chosen[name] = visible[0]
        chosen["LOCAL_RANK"] = "0"
        continue
      }
      let own = seat.numbersOnNode.map { visible[$0 % visible.count] }
      // Ranks that share a GPU see it once.
      chosen[name] = own.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ",")
    }
    return chosen
  }

  /// Files of this directory whose names are the prefix and a number.
  private static func count(of directory: String, _ prefix: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasPrefix(prefix) && Int($0.dropFirst(prefix.count)) != nil }.count
  }

  /// Where the ranks of a group can meet: a port of this host that nobody uses now.
  ///
  /// - Parameter isOneHost: whether all of them are here.
  func findMeeting(isOneHost: Bool) -> (host: String, port: Int) {
    let host = isOneHost ? "127.0.0.1" : ProcessInfo.processInfo.hostName + configuration.hostSuffix
    return (host, freePort() ?? 29_500)
  }
}

/// A rank's place in its group, and the group's ranks on its node.
struct GroupSeat {
  var rank: Int
  var ranks: Int
  /// Among the group's ranks on this node.
  var localRank: Int
  /// Of the group's ranks on this node, their numbers among all that train there.
  var numbersOnNode: [Int]
  /// This node's number among the group's.
  var node: Int
  /// Where the group's first rank can be met; nil where there is one rank.
  var meeting: (host: String, port: Int)?
}

extension GroupSeat {
  static let names = [
    "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "NODE_RANK", "MASTER_ADDR", "MASTER_PORT",
  ]

  /// What PyTorch's launcher tells a process of where it is to meet the others.
  fileprivate var rendezvous: [String: String] {
    [
      "RANK": String(rank), "WORLD_SIZE": String(ranks), "LOCAL_RANK": String(localRank),
      "LOCAL_WORLD_SIZE": String(numbersOnNode.count), "NODE_RANK": String(node),
      "MASTER_ADDR": meeting?.host ?? "127.0.0.1",
      "MASTER_PORT": String(meeting?.port ?? freePort() ?? 29_500),
    ]
  }
}

extension ProgramPlace {
  /// The seats of a group whose every rank runs a program. Collective.
  func seat(among peers: TrainerPeers) throws(TrainingError) -> GroupSeat {
    let (rank, ranks) = (peers.rank, peers.ranks)
    let numbers = try peers.sum((0..<ranks).map { $0 == rank ? Double(localRank) : 0 }).map { Int($0) }
    guard ranks > 1 else { return alone }
    let here = (0..<ranks).filter { peers.hosts[$0] == peers.hosts[rank] }
    var nodes: [String] = []
    for host in peers.hosts where !nodes.contains(host) { nodes.append(host) }
    return GroupSeat(
      rank: rank, ranks: ranks, localRank: here.firstIndex(of: rank) ?? 0,
      numbersOnNode: here.map { numbers[$0] }, node: nodes.firstIndex(of: peers.hosts[rank]) ?? 0,
      meeting: try meeting(of: peers))
  }

  /// The seat of the only program of a group.
  var alone: GroupSeat {
    GroupSeat(rank: 0, ranks: 1, localRank: 0, numbersOnNode: [localRank], node: 0, meeting: nil)
  }
}

/// A port that nobody listens on, as the system chooses it.
private func freePort() -> Int? {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
    }
  }
  return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
}
