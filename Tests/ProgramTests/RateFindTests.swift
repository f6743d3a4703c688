import Foundation
import Testing

/// `tuner-mpi lr-find` as a user reads it.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct RateFindTests {
  private static let study = """
    study: small
    data: digits
    model: {kind: mlp, hidden: [16]}
    training: {batch_size: 48}
    search:
      space:
        learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
        dropout: {type: float, low: 0, high: 0.5}
      baseline: {dropout: 0.25}
      scheduler: {kind: full, trials: 2, budget: 1}
    """

  private func find(_ arguments: [String], ranks: Int? = nil, in directory: URL) throws -> Program.Output {
    try Self.study.write(to: directory.appending(path: "study.yaml"), atomically: true, encoding: .utf8)
    return try Program.run(["lr-find", "study.yaml"] + arguments, ranks: ranks, in: directory)
  }

  @Test(arguments: [nil, 2])
  func `the baseline is tested, both suggestions are named, and a picture is written`(ranks: Int?) throws {
    let directory = try Program.scratch("lr-find-\(ranks ?? 0)")
    let output = try find(["--high", "1000", "--plot", "lr.svg"], ranks: ranks, in: directory)
    #expect(output.code == 0, "\(output.standardError)")
    let lines = output.standardOutput.split(separator: "\n").map(String.init)
    #expect(lines.first == "small: learning rates from 1e-6 to 1000 in 100 steps")
    let trained = ranks == nil ? "on 1 rank" : "on 2 ranks"
    #expect(lines.contains("  trial     dropout 0.25, \(trained)"))
    #expect(
      lines.contains { $0.hasPrefix("  end       after ") && $0.contains("is above 4 times the lowest") })
    for (name, meaning) in [
      ("steepest", "here the smoothed loss falls fastest"),
      ("minimum ", "a tenth of the rate at which the smoothed loss is lowest"),
    ] {
      let line = try #require(lines.first { $0.hasPrefix("  \(name)  ") })
      #expect(line.hasSuffix(meaning))
      let rate = try #require(Double(line.dropFirst(12).prefix { $0 != ":" }))
      #expect(rate > 1e-4 && rate < 1)
    }
    #expect(lines.last == "  plot      lr.svg")
    let svg = try String(contentsOf: directory.appending(path: "lr.svg"), encoding: .utf8)
    #expect(svg.hasPrefix("<svg") && svg.contains("steepest"))
  }

  @Test(arguments: [
    (
      ["--low", "1", "--high", "0.5"],
      "Error: --high: expected a number above 1.0 and at most 1000000.0, found 0.5"
    ),
    (["--steps", "3"], "Error: --steps: expected an integer from 12 to 1000000, found 3"),
    (["--smoothing", "1"], "Error: --smoothing: expected a share at least 0 and below 1, found 1.0"),
    (
      ["--divergence", "1"],
      "Error: --divergence: expected a number above 1.0 and at most 1000000000.0, found 1.0"
    ),
    (["--plot", "lr.png"], "Error: --plot: expected a path that ends with .svg, found lr.png"),
    (
      ["--set", "training.batch_size=4000"],
      "tuner-mpi: batch_size: expected 1 to 1438, the samples of the train split, found 4000. Write a smaller batch, or "
        + "give more data."
    ),
  ])
  func `what cannot be tested is refused in words`(arguments: [String], message: String) throws {
    let output = try find(arguments, in: try Program.scratch("lr-find-\(UUID().uuidString)"))
    #expect(output.code == 64)
    #expect(output.standardError.hasPrefix(message), "\(output.standardError)")
    #expect(output.standardOutput.isEmpty)
  }

  @Test func `a picture that cannot be written is said after the finding`() throws {
    let output = try find(["--plot", "nowhere/lr.svg"], in: try Program.scratch("lr-find-nowhere"))
    #expect(output.code == 71)
    #expect(
      output.standardError.hasPrefix("tuner-mpi: nowhere/lr.svg: open failed: No such file or directory"))
    #expect(output.standardOutput.contains("  steepest  "))
  }

  @Test func `somebody else's code is refused`() throws {
    let directory = try Program.scratch("lr-find-program")
    let text = """
      study: program
      objective: {metric: loss, goal: minimize}
      trainee: {command: ["true"], metrics: [loss]}
      search:
        space: {rate: {type: float, low: 0.1, high: 1}}
        scheduler: {kind: full, trials: 2, budget: 1}
      """
    try text.write(to: directory.appending(path: "study.yaml"), atomically: true, encoding: .utf8)
    let output = try Program.run(["lr-find", "study.yaml"], in: directory)
    #expect(output.code == 64)
    #expect(
      output.standardError
        == "tuner-mpi: lr-find: expected an experiment with a built-in model, found one of "
        + "somebody else's code. Look for its rates with that code itself.\n")
  }
}
