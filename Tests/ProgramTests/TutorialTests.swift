import Foundation
import Testing

/// The tutorial's commands, one after the other, as they stand there; the study is made shorter, on the built-in digits.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct TutorialTests {
  private static let shorter = [
    "data=digits", "training.data_share=1", "training.schedule.length=2", "search.scheduler.trials=4",
    "search.scheduler.maximum_budget=2",
  ]

  @Test func `the tutorial goes from check to export`() throws {
    let page = try String(contentsOf: Program.root.appending(path: "docs/tutorial.md"), encoding: .utf8)
    let directory = try Program.scratch("tutorial")
    try FileManager.default.copyItem(
      at: Program.root.appending(path: "configs"), to: directory.appending(path: "configs"))
    var done: [String] = []
    for line in page.split(separator: "\n") where line.hasPrefix("    ") {
      let command = line.prefix { $0 != "#" && $0 != ">" && $0 != "|" }
      var words = command.split(separator: " ").map(String.init)
      var ranks: Int?
      if words.first == "mpirun", words.count > 3 {
        ranks = try #require(Int(words[2]))
        words.removeFirst(3)
      }
      guard words.first == "tuner-mpi" else { continue }
      words.removeFirst()
      if let place = words.firstIndex(where: { $0.hasSuffix(".yaml") }) {
        // What the tutorial sets itself comes later, and wins.
        words.insert(contentsOf: Self.shorter.flatMap { ["--set", $0] }, at: place + 1)
      }
      let output = try Program.run(words, ranks: ranks, in: directory)
      #expect(output.code == 0, "\(line)\n\(output.standardError)")
      done.append(String(words.first { !$0.hasSuffix(".yaml") && !$0.hasPrefix("-") } ?? ""))
    }
    for command in ["check", "status", "report", "test", "export"] {
      #expect(done.contains(command), "\(command)")
    }
    for file in ["report.html", "test.json", "model.pt"] {
      let path = directory.appending(path: "runs/tutorial/\(file)").path
      #expect(FileManager.default.fileExists(atPath: path), "\(file)")
    }
  }
}
