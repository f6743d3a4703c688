import Foundation
import Testing

/// The page as a person sees it: `Pictures/look_at_pages.py` opens it in Chromium, light and dark, wide and narrow, takes
/// pictures, and tells what is cut, overlaps or is hard to read.
@Suite(
  .serialized, .enabled(if: Program.isBuilt, "no release build: run make build"),
  .enabled(if: Browser.python != nil, "no Chromium with its driver: run make browser"))
struct PicturesTests {
  private static func look(at pages: [URL], in directory: URL) throws -> Program.Output {
    let script = Program.root.appending(path: "Tests/ProgramTests/Pictures/look_at_pages.py").path
    let pictures =
      ProcessInfo.processInfo.environment["TUNER_PICTURES"] ?? directory.appending(path: "pictures").path
    return try Launched([try #require(Browser.python), script, pictures] + pages.map(\.path), in: directory)
      .wait()
  }

  private static func config(_ name: String) -> String {
    Program.root.appending(path: "configs/\(name)").path
  }

  @Test func `pages of five kinds of studies are whole, readable, and ask nobody`() throws {
    let directory = try Program.scratch("pictures")
    let many = directory.appending(path: "simulated-10000")
    try FileManager.default.createDirectory(at: many, withIntermediateDirectories: true)
    try Self.run(["--run-directory", "pbt"], ranks: 5, in: directory)
    try Self.run([Self.config("digits-asha.yaml"), "--run-directory", "asha"], ranks: 4, in: directory)
    let text = try String(contentsOfFile: Self.config("digits-random.yaml"), encoding: .utf8)
    let objective = "objective: {metric: dev_accuracy, goal: maximize}"
    try #require(text.contains(objective))
    try text.replacing(objective, with: "objectives: {dev_accuracy: maximize, parameters: minimize}")
      .write(to: directory.appending(path: "objectives.yaml"), atomically: true, encoding: .utf8)
    try Self.run(["objectives.yaml", "--run-directory", "objectives"], ranks: 3, in: directory)
    try Self.run(
      [
        "simulate", Self.config("digits-asha.yaml"), "--set", "search.scheduler.trials=10000", "--workers",
        "500",
      ]
        + ["--journal", "simulated-10000/journal.jsonl"], in: directory)
    try Self.run(["report", "simulated-10000"], in: directory)
    try SmallStudy.text(trials: 8).replacing("low: 1e-3, high: 0.1", with: "low: 1e5, high: 1e6")
      .replacing("{batch_size: 48}", with: "{batch_size: 48, optimizer: {kind: sgd}, gradient_clip: 0}")
      .write(to: directory.appending(path: "failing.yaml"), atomically: true, encoding: .utf8)
    try Self.run(["failing.yaml", "--run-directory", "all-failed"], code: 1, in: directory)

    let names = ["pbt", "asha", "objectives", "simulated-10000", "all-failed"]
    let output = try Self.look(
      at: names.map { directory.appending(path: "\($0)/report.html") }, in: directory)
    #expect(output.code == 0, "\(output.standardOutput)\(output.standardError)")
    #expect(
      output.standardOutput.split(separator: "\n").count { $0.contains("first paint") } == 4 * names.count)
  }

  @Test func `a comparison of two runs is whole and readable`() throws {
    let directory = try Program.scratch("compared")
    for (name, seed) in [("one", "1"), ("two", "2")] {
      try Self.run(
        [Self.config("digits-asha.yaml"), "--run-directory", name, "--seed", seed]
          + ["--set", "search.scheduler.trials=12"], ranks: 3, in: directory)
    }
    let page = directory.appending(path: "both/comparison.html")
    try FileManager.default.createDirectory(
      at: page.deletingLastPathComponent(), withIntermediateDirectories: true)
    let output = try Program.run(["report", "one", "two", "--output", "both/comparison.html"], in: directory)
    #expect(output.code == 0 && output.standardOutput == "both/comparison.html\n", "\(output.standardError)")
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(
      text.contains("<td class=\"words\">seed</td><td class=\"words\">1</td><td class=\"words\">2</td>"))
    let looked = try Self.look(at: [page], in: directory)
    #expect(looked.code == 0, "\(looked.standardOutput)\(looked.standardError)")
  }

  private static func run(
    _ arguments: [String], ranks: Int? = nil, code: Int32 = 0, in directory: URL
  ) throws {
    let output = try Program.run(arguments, ranks: ranks, in: directory)
    try #require(output.code == code, "\(arguments.joined(separator: " ")): \(output.standardError)")
  }
}

/// Chromium, and what drives it.
private enum Browser {
  static let python: String? = {
    let path = Program.root.appending(path: ".build-deps/pictures/bin/python").path
    let needed = [path, "/usr/bin/chromium", "/usr/bin/chromedriver"]
    return needed.allSatisfy(FileManager.default.isExecutableFile) ? path : nil
  }()
}
