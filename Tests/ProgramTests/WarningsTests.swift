import Foundation
import Testing

/// What `check` finds in one go, and what it warns of.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct WarningsTests {
  private static func check(_ text: String, _ options: [String] = []) throws -> Program.Output {
    let directory = try Program.scratch("warnings-\(UUID().uuidString)")
    try text.write(to: directory.appending(path: "small.yaml"), atomically: true, encoding: .utf8)
    return try Program.run(["check", "small.yaml"] + options, in: directory)
  }

  private static func warnings(_ output: Program.Output) -> [String] {
    output.standardOutput.split(separator: "\n").filter { $0.hasPrefix("  warning ") }.map {
      String($0.dropFirst(10))
    }
  }

  @Test func `misspelt keys and missing files are named together`() throws {
    let text = SmallStudy.text().replacing(
      "data: digits", with: "data: {kind: csv, path: nowhere.csv, target: [y], colour: red}")
    let output = try Self.check(text)
    #expect(output.code == 64)
    let lines = output.standardError.split(separator: "\n")
    #expect(lines.count == 2, "\(lines)")
    #expect(lines.first?.contains("data.colour") == true)
    #expect(
      lines.last
        == "small.yaml: expected the file nowhere.csv, found nothing there. Correct its path, or make it.")
  }

  @Test func `what many configurations cannot train is named once`() throws {
    let text = SmallStudy.text().replacing(
      "learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}",
      with: "batch_size: {type: categorical, choices: [2000, 3000]}"
    )
    let output = try Self.check(text)
    #expect(output.code == 64)
    let lines = output.standardError.split(separator: "\n")
    #expect(lines.count == 1 && lines[0].hasPrefix("tuner-mpi: batch_size: expected at most "), "\(lines)")
  }

  @Test func `a goal against its metric's nature is warned of`() throws {
    let text = SmallStudy.text("objective: {metric: dev_accuracy, goal: minimize}")
    #expect(
      Self.warnings(try Self.check(text)) == [
        "dev_accuracy is better when it is higher, and the study is to minimize it: goal: maximize is what is usually meant"
      ])
    #expect(
      Self.warnings(try Self.check(SmallStudy.text("objective: {metric: dev_loss, goal: minimize}"))).isEmpty)
  }

  @Test func `a guess that the sampler does not heed is warned of`() throws {
    let guessed = SmallStudy.text().replacing(
      "learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}",
      with:
        "learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log, prior: {value: 0.01, deviation: 0.1}}"
    )
    #expect(
      Self.warnings(try Self.check(guessed, ["--set", "search.sampler=cma-es"])) == [
        "sampler cma-es does not heed priors: auto, tpe, gp, forest, parego or ehvi would"
      ])
    #expect(Self.warnings(try Self.check(guessed, ["--set", "search.sampler=auto"])).isEmpty)
  }

  @Test func `trials at work that the sampler does not know of are warned of, once there are groups`() throws
  {
    let text = SmallStudy.text(trials: 6, "objectives: {dev_accuracy: maximize, parameters: minimize}")
    let options = ["--set", "search.sampler=nsga2"]
    #expect(Self.warnings(try Self.check(text, options)).isEmpty)
    #expect(Self.warnings(try Self.check(text, options + ["--ranks", "2"])).isEmpty)
    #expect(
      Self.warnings(try Self.check(text, options + ["--ranks", "4"])) == [
        "sampler nsga2 does not heed trials at work: auto, parego or ehvi would"
      ])
  }

  @Test func `ranks without work are warned of, by the check and by the run`() throws {
    let population = SmallStudy.text().replacing(
      "{kind: full, trials: 2, budget: 1}", with: "{kind: pbt, population: 3, generations: 2, interval: 1}")
    let words =
      "2 of 5 groups will idle: this search trains at most 3 trials at once; start 4 ranks, or let more trials begin "
      + "together."
    #expect(Self.warnings(try Self.check(population, ["--ranks", "6"])) == [words])
    #expect(Self.warnings(try Self.check(population, ["--ranks", "4"])).isEmpty)
    let directory = try Program.scratch("idle-\(UUID().uuidString)")
    try population.write(to: directory.appending(path: "small.yaml"), atomically: true, encoding: .utf8)
    let run = try Program.run(["small.yaml"], ranks: 6, in: directory)
    #expect(run.code == 0 && run.standardError.contains("tuner-mpi: \(words)\n"), "\(run.standardError)")
  }

  @Test func `a search too small for its top is warned of`() throws {
    let text = SmallStudy.text().replacing(
      "{kind: full, trials: 2, budget: 1}", with: "{kind: asha, trials: 2, maximum_budget: 9, reduction: 3}")
    #expect(Self.warnings(try Self.check(text)).count == 1)
  }
}
