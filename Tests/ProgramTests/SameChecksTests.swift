import Foundation
import Testing

/// `check`, `run` and `simulate` refuse the same, in the same words, and what is refused touches nothing.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct SameChecksTests {
  private static func study(
    _ space: String, sampler: String = "random", model: String = "{kind: mlp, hidden: [16]}",
    more: String = ""
  ) -> String {
    """
    study: same
    data: digits
    model: \(model)
    training: {batch_size: 48}
    search:
      space: {\(space)}
      sampler: \(sampler)
      scheduler: {kind: full, trials: 4, budget: 1}
    \(more)
    """
  }

  private static let rate = "learning_rate: {type: float, low: 1e-3, high: 0.1}"

  @Test(
    arguments: [
      study("batch_size: {type: float, low: 16, high: 64}"),
      study("batch_size: {type: categorical, choices: [100000]}"),
      study("depth: {type: integer, low: 8, high: 20}", model: "{kind: resnet, width: 2}"),
      study(rate + ", momentum: {type: float, low: 0, high: 0.9}"),
      study(rate).replacing("study: same", with: "study: \(String(repeating: "a", count: 300))"),
    ], [nil, 3])
  func `what check refuses run refuses, in the same words`(text: String, ranks: Int?) throws {
    let directory = try Program.scratch("same-\(UUID().uuidString)")
    try text.write(to: directory.appending(path: "study.yaml"), atomically: true, encoding: .utf8)
    let checked = try Program.run(["check", "study.yaml"], in: directory)
    let started = try Program.run(["run", "study.yaml"], ranks: ranks, in: directory)
    #expect(checked.code == 64 && started.code == 64)
    #expect(!checked.standardError.isEmpty && started.standardError.contains(checked.standardError))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["study.yaml"])
  }

  @Test(arguments: [
    (["run", "--run-directory", ""], "--run-directory: expected a path, found an empty one"),
    (["run", "--walltime", "nan"], "--walltime: expected"),
    (["run", "--walltime=-1"], "--walltime: expected"),
    (["run", "--walltime", "1e300"], "--walltime: expected"), (["run", ""], "EXPERIMENT: expected a path"),
    (["check", "--ranks", "0"], "--ranks: expected an integer from 1 to 2147483647, found 0"),
    (["check", "--ranks", "1000000000000"], "--ranks: expected an integer from 1 to 2147483647"),
    (["check", "--ranks=-3"], "--ranks: expected"), (["check", "--seed=-1"], "--seed"),
    (["check", "--seed", "1e3"], "--seed"),
    (["simulate", "--workers", "0"], "--workers: expected an integer from 1"),
    (["simulate", "--workers", "1000000000000"], "--workers: expected an integer from 1 to 1000000"),
    (["simulate", "--seconds-per-budget", "nan"], "--seconds-per-budget: expected a number above 0.0"),
    (["simulate", "--seconds-per-budget", "1e300"], "--seconds-per-budget: expected"),
    (["simulate", "--deaths", "nan"], "--deaths: expected a share from 0 to 1"),
    (["simulate", "--deaths", "2"], "--deaths: expected a share from 0 to 1"),
    (["simulate", "--stragglers", "nan:inf"], "expected a share from 0 to 1 and a factor"),
    (["simulate", "--stragglers", "0.1:1e300"], "expected a share from 0 to 1 and a factor"),
    (["simulate", "--durations", "lognormal:1e300"], "expected constant, lognormal:SIGMA or pareto:ALPHA"),
    (["simulate", "--durations", "pareto:nan"], "expected constant, lognormal:SIGMA or pareto:ALPHA"),
    (["simulate", "--table", ""], "--table: expected a path"),
    (["simulate", "--journal", ""], "--journal: expected a path"),
    (["simulate", "--table", "."], ".: expected a readable table in CSV or HDF5, found a directory"),
    (["check", "."], ".: expected a readable experiment file in UTF-8, found a directory"),
  ])
  func `numbers and paths of the command line have their ranges`(arguments: [String], message: String) throws
  {
    let directory = try Program.scratch("options-\(UUID().uuidString)")
    let output = try Program.run(arguments, in: directory)
    #expect(output.code == 64)
    #expect(output.standardError.contains(message), "\(output.standardError)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }
}
