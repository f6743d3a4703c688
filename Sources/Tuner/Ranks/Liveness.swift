import MPI

/// What rank 0 makes of the ranks' signs of life: who is silent for long is named, who is silent for longer is lost.
struct Liveness {
  private let board: PulseBoard
  private let hosts: [String]
  private let options: ClusterOptions
  private var named: Set<Int> = []
  private var lost: Set<Int> = []
  private var next = Deadline.seconds(0)

  init(_ board: PulseBoard, hosts: [String], _ options: ClusterOptions) {
    self.board = board
    self.hosts = hosts
    self.options = options
  }

  func isLost(_ rank: Int) -> Bool { lost.contains(rank) }
  var isAnyRankLost: Bool { !lost.isEmpty }

  /// Ranks to be given up now, and why.
  mutating func newlyLost(_ leases: LeaseBook) throws(TunerError) -> [(rank: Int, why: String)] {
    guard next.hasPassed else { return [] }
    next = .seconds(min(1, options.worker.secondsUntilWarning / 4))
    let silences = try system("hearing signs of life") { () throws(MPIError) in
      try board.silences(over: options.worker.secondsUntilWarning)
    }
    for rank in named.subtracting(silences.map(\.rank)).sorted() {
      named.remove(rank)
      options.worker.warn("\(place(of: rank, leases)) is heard of again.")
    }
    var found: [(rank: Int, why: String)] = []
    for silence in silences {
      let words =
        "\(place(of: silence.rank, leases)) is silent for \(Int(silence.seconds)) s; \(silence.sign.text)"
      if options.secondsUntilLost > 0, silence.seconds > options.secondsUntilLost {
        board.judgeLost(silence.rank)
        lost.insert(silence.rank)
        named.remove(silence.rank)
        let job = leases.group(of: silence.rank) == nil ? "" : "; its group's job goes to another"
        options.worker.warn("\(words). It is given up\(job).")
        found.append((silence.rank, words))
      } else if named.insert(silence.rank).inserted {
        options.worker.warn("\(words).")
      }
    }
    return found
  }

  /// `rank 3 on node2, of group 1`.
  private func place(of rank: Int, _ leases: LeaseBook) -> String {
    "rank \(rank) on \(hosts[rank])\(leases.group(of: rank).map { ", of \($0)," } ?? "")"
  }
}
