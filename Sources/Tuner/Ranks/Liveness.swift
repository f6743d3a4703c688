import MPI
import Search

/// What rank 0 makes of the ranks' signs of life: whose process has ended is lost; who is silent for long is named, who
/// is silent for longer is lost; who gives signs of life and gets nowhere is named, and lost when there is no hope left.
struct Liveness {
  private let board: PulseBoard
  private let hosts: [String]
  private let options: ClusterOptions
  private let clock = SessionClock()
  private var phases: PhaseWatch
  private var named: Set<Int> = []
  private(set) var lost: Set<Int> = []
  private var next = Deadline.seconds(0)
  private var nextLookAtPhases = Deadline.seconds(0)

  /// Between two looks for who is lost: a launcher may leave little time for it.
  private static let secondsBetweenLooks = 0.1
  private static let secondsBetweenLooksAtPhases = 1.0

  init(_ board: PulseBoard, hosts: [String], _ options: ClusterOptions) {
    self.board = board
    self.hosts = hosts
    self.options = options
    phases = PhaseWatch(ranks: hosts.count, at: clock.now)
  }

  func isLost(_ rank: Int) -> Bool { lost.contains(rank) }
  var isAnyRankLost: Bool { !lost.isEmpty }

  /// Ranks to be given up now, and why.
  mutating func newlyLost(_ leases: LeaseBook) throws(TunerError) -> [(rank: Int, why: String)] {
    guard next.hasPassed else { return [] }
    next = .seconds(min(Self.secondsBetweenLooks, options.worker.secondsUntilWarning / 4))
    let silences = try system("hearing signs of life") { () throws(MPIError) in
      try board.silences(over: options.worker.secondsUntilWarning)
    }
    for rank in named.subtracting(silences.map(\.rank)).sorted() {
      named.remove(rank)
      options.worker.warn("\(place(of: rank, leases)) is heard of again.")
    }
    var found: [(rank: Int, why: String)] = []
    for silence in silences {
      let state =
        silence.isGone ? "is gone: its process has ended" : "is silent for \(Int(silence.seconds)) s"
      let words = "\(place(of: silence.rank, leases)) \(state); \(silence.sign.text)"
      let isTooLong = options.secondsUntilLost > 0 && silence.seconds > options.secondsUntilLost
      if silence.isGone || isTooLong {
        found.append((giveUp(silence.rank, words, leases), words))
      } else if named.insert(silence.rank).inserted {
        options.worker.warn("\(words).")
      }
    }
    return found + standstills(leases)
  }

  /// A rank that has said its last word is not missed.
  func departed(_ rank: Int) { board.judgeLost(rank) }

  private mutating func giveUp(_ rank: Int, _ words: String, _ leases: LeaseBook) -> Int {
    board.judgeLost(rank)
    lost.insert(rank)
    named.remove(rank)
    let job = leases.group(of: rank) == nil ? "" : "; its group's job goes to another"
    options.worker.warn("\(words). It is given up\(job).")
    return rank
  }

  /// Ranks that live and are to be given up; who gets nowhere is named.
  private mutating func standstills(_ leases: LeaseBook) -> [(rank: Int, why: String)] {
    guard nextLookAtPhases.hasPassed else { return [] }
    nextLookAtPhases = .seconds(Self.secondsBetweenLooksAtPhases)
    let (signs, waiting) = board.newestSigns()
    let (still, goOn) = phases.look(at: clock.now, signs: signs, waiting: waiting, silent: named) {
      leases.groupMates(of: $0)
    }
    for rank in goOn where !lost.contains(rank) {
      options.worker.warn("\(place(of: rank, leases)) gets on again.")
    }
    var found: [(rank: Int, why: String)] = []
    for standstill in still where !lost.contains(standstill.rank) && !named.contains(standstill.rank) {
      let words = "\(place(of: standstill.rank, leases)) \(standstill.text)"
      if !standstill.isHopeless {
        options.worker.warn("\(words).")
      } else if options.secondsUntilLost > 0 {
        // Named before.
        found.append((giveUp(standstill.rank, words, leases), words))
      }
    }
    return found
  }

  /// `rank 3 on node2, of group 1`.
  private func place(of rank: Int, _ leases: LeaseBook) -> String {
    "rank \(rank) on \(hosts[rank])\(leases.group(of: rank).map { ", of \($0)," } ?? "")"
  }
}

extension PhaseWatch.Standstill {
  /// `lives, but gets nowhere for 300 s (others took at most 2 s): slow or stuck; it was measuring trial 3, 66 steps
  /// into job 4`.
  fileprivate var text: String {
    let usual =
      longest.map { "others took at most \(Int($0.rounded(.up))) s" } ?? "nobody has come to its end before"
    let blame = isGroup ? "all ranks of its group wait for each other" : "slow or stuck"
    return "lives, but gets nowhere for \(Int(seconds)) s (\(usual)): \(blame); \(sign.text)"
  }
}
