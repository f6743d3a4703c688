import ArgumentParser
import Tuner

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says in a line and an exit code where a run stands.",
    discussion:
      """
      Exits with 0 when the study is finished, 1 when it is and no trial succeeded, 75 when it is running, or the same \
      command would go on with it, 65 when it is damaged, 66 when there is no such run directory.
      """
  )

  @Argument(help: "The run directory.", completion: .directory)
  var directory: String

  func run() throws {
    let directory = RunDirectory(path: directory)
    let status = try reporting {
      try directory.requireRun()
      return try RunStatus(journalAt: directory.journal)
    }
    print(status.text(RunLock.holder(of: directory.path, seenFrom: .current())))
    switch status {
    case .finished(let summary, _): if summary.hasFailed { throw Exit.failed }
    case .unfinished, .absent: throw Exit.unfinished
    case .damaged: throw Exit.damaged
    }
  }
}

extension RunStatus {
  /// With who works on it, where somebody does: `running on node1 since 2026-12-01 16:05 (process 4711): ...`.
  fileprivate func text(_ holder: RunLock.Holder) -> String {
    guard case .program(let owner) = holder else { return text }
    var words = "running"
    if let owner { words += " on \(owner.host)" }
    if case .unfinished(let unfinished) = self, let since = unfinished.since {
      words += " since \(localTime(since, "%Y-%m-%d %H:%M"))"
    }
    if let owner {
      words +=
        " (process \(owner.process)\(owner.batchJob.isEmpty ? "" : ", batch job \(owner.batchJob)"))"
    }
    switch self {
    case .unfinished(let unfinished): return "\(words): \(unfinished.counts)"
    case .absent: return "\(words): nothing is written yet"
    // Not for long: whoever holds the lock writes on.
    case .finished, .damaged: return text
    }
  }
}
