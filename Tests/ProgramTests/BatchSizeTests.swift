import Foundation
import Testing

/// `tuner-mpi batch-size` as a user reads it.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct BatchSizeTests {
  private static let study = """
    study: small
    data: digits
    model: {kind: mlp, hidden: [16]}
    training: {batch_size: 48}
    search:
      space:
        learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
      baseline: {learning_rate: 0.01}
      scheduler: {kind: full, trials: 2, budget: 1}
    """

  private func find(_ arguments: [String], ranks: Int? = nil, in directory: URL) throws -> Program.Output {
    try Self.study.write(to: directory.appending(path: "study.yaml"), atomically: true, encoding: .utf8)
    return try Program.run(["batch-size", "study.yaml"] + arguments, ranks: ranks, in: directory)
  }

  @Test(arguments: [nil, 2])
  func `noise and forks are told, with a critical batch, a recommendation and a picture`(ranks: Int?) throws {
    let directory = try Program.scratch("batch-size-\(ranks ?? 0)")
    let output = try find(["--plot", "batch.svg"], ranks: ranks, in: directory)
    #expect(output.code == 0, "\(output.standardError)")
    let lines = output.standardOutput.split(separator: "\n").map(String.init)
    #expect(lines.first == "small: batches of 12, 24, 48, 96, 192, 384, scaled by square_root")
    #expect(lines.contains { $0.hasPrefix("  critical   ") })
    #expect(lines.contains { $0.hasPrefix("  recommend  a batch of ") })
    #expect(lines.contains { $0.hasPrefix("  100          0.") })
    #expect(lines.last == "  plot       batch.svg")
    let svg = try String(contentsOf: directory.appending(path: "batch.svg"), encoding: .utf8)
    #expect(svg.hasPrefix("<svg") && svg.contains("critical"))
  }

  @Test(arguments: [
    (["--start", "3"], "Error: --start: expected an integer from 10 to 1000000, found 3"),
    (
      ["--sizes", "48"],
      "Error: --sizes: expected at least two batch sizes with commas, such as 32,64,128, found 48"
    ),
    (["--plot", "batch.png"], "Error: --plot: expected a path that ends with .svg, found batch.png"),
    (
      ["--sizes", "48,4000"],
      "tuner-mpi: --sizes: expected at most 1438, the training samples, found 4000. Leave it out."
    ),
  ])
  func `what cannot be tested is refused in words`(arguments: [String], message: String) throws {
    let output = try find(arguments, in: try Program.scratch("batch-size-\(UUID().uuidString)"))
    #expect(output.code == 64)
    #expect(output.standardError.hasPrefix(message), "\(output.standardError)")
    #expect(output.standardOutput.isEmpty)
  }
}
