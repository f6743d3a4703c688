import ArgumentParser
import Tuner

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says in a line and an exit code where a run stands.",
    discussion:
      """
      Exits with 0 when the study is finished, 1 when it is and no trial succeeded, 75 when the same command would go \
      on with it, 65 when it is damaged.
      """
  )

  @Argument(help: "The run directory.")
  var directory: String

  func run() throws {
    let status = try reporting {
      let directory = RunDirectory(path: directory)
      try directory.checkIsDirectory()
      return try RunStatus(journalAt: directory.journal)
    }
    print(status.text)
    switch status {
    case .finished(let summary): if summary.hasFailed { throw Exit.failed }
    case .unfinished, .absent: throw Exit.unfinished
    case .damaged: throw Exit.damaged
    }
  }
}
