import Tuner

/// What a journal says of the sessions that wrote it.
struct RecordedSessions {
  private(set) var count = 0
  /// Their versions, each once in a row.
  private(set) var programs: [String] = []
  /// For how many seconds groups of ranks were there, added up.
  private(set) var allocatedSeconds = 0.0
  private var groups: [GroupID: WorkerGroup] = [:]
  private var ready: [GroupID: Double] = [:]

  init(_ contents: JournalContents) {
    var newest = 0.0
    for line in contents.lines {
      if case .session(let record) = line.record { take(record, at: line.time, after: newest) }
      newest = line.time
    }
    endSession(at: newest)
  }

  private mutating func take(_ record: SessionRecord, at time: Double, after newest: Double) {
    switch record {
    case .started(let program):
      endSession(at: newest)
      groups = [:]
      count += 1
      if programs.last != program { programs.append(program) }
    case .groupReady(let group):
      groups[group.id] = group
      ready[group.id] = time
    case .groupLost(let group, _, _):
      if let since = ready.removeValue(forKey: group) { allocatedSeconds += max(0, time - since) }
    default: break
    }
  }

  private mutating func endSession(at time: Double) {
    for since in ready.values { allocatedSeconds += max(0, time - since) }
    ready = [:]
  }

  /// Of the newest session: `8 in 4 groups on node1, node2`; nil where it had none.
  var newestRanks: String? {
    guard !groups.isEmpty else { return nil }
    let hosts = Set(groups.values.flatMap(\.hosts)).sorted()
    let shown = hosts.prefix(20).joined(separator: ", ") + (hosts.count > 20 ? ", …" : "")
    return "\(groups.values.reduce(0) { $0 + $1.ranks.count }) in \(groups.count) groups on \(shown)"
  }
}
