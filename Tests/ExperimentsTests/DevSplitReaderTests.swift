import Search
import Testing
import Training

@testable import Experiments

@Suite struct DevSplitReaderTests {
  private func read(
    _ more: String = "", scheduler: String = "{kind: full, trials: 2, budget: 2}",
    data: String = "data: digits"
  ) throws -> Experiment {
    try Experiment(
      yaml: """
        study: s
        \(data)
        search:
          dev_split: reshuffled
          space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}}
          scheduler: \(scheduler)
        \(more)
        """, file: "study.yaml")
  }

  private func problem(
    _ more: String = "", scheduler: String = "{kind: full, trials: 2, budget: 2}",
    data: String = "data: digits"
  ) -> String? {
    do {
      _ = try read(more, scheduler: scheduler, data: data)
      return nil
    } catch {
      return (error as? ExperimentError)?.problems.map(\.description).joined(separator: "\n")
    }
  }

  @Test func `it is read, and written out again`() throws {
    let experiment = try read()
    #expect(experiment.devSplit == .reshuffled)
    #expect(try Experiment(yaml: experiment.resolved, file: "again.yaml").devSplit == .reshuffled)
  }

  @Test(arguments: [
    "{kind: asha, trials: 9, maximum_budget: 9}", "{kind: freeze_thaw, runs: 3, maximum_budget: 4}",
    "{kind: dehb, maximum_budget: 9}", "{kind: hyperband, maximum_budget: 9}",
  ])
  func `schedulers whose trials train weights of their own take it`(scheduler: String) throws {
    #expect(try read(scheduler: scheduler).devSplit == .reshuffled)
  }

  @Test func `a scheduler that copies states is refused`() {
    #expect(
      problem(scheduler: "{kind: pbt, population: 4, generations: 2, interval: 2}")
        == "study.yaml:4: search.dev_split: expected fixed, with scheduler.kind: pbt, whose trials go on from the "
        + "weights of others, which have trained on their dev samples, found reshuffled. Leave it out, or choose a "
        + "scheduler whose trials train weights of their own, such as asha.")
  }

  @Test func `folds, a text, a rule, files of their own and programs are refused`() {
    func expect(_ found: String?, _ words: String, _ remedy: String = "Leave it out.") {
      #expect(found == "study.yaml:\(words), found reshuffled. \(remedy)")
    }
    let place = "4: search.dev_split: expected fixed, "
    expect(
      problem("  replicates: 3\n  cross_validation: true"),
      "\(place)beside cross_validation, whose folds are the dev splits", "Leave out one of the two.")
    expect(
      problem(data: "data: {kind: csv, path: a.csv, target: y, split: {by: time, column: day}}"),
      "\(place)for samples that split.by: time divides")
    expect(
      problem(data: "data: {kind: csv, path: a.csv, target: y, dev: {path: b.csv}}"),
      "\(place)for a dev split with files of its own")
    expect(
      problem("model: {kind: transformer}", data: "data: {kind: text, path: a.txt}"),
      "\(place)for a text, whose neighbouring parts say too much of one another")
    expect(
      problem(
        data:
          "trainee: {kind: command, command: [train], metrics: [loss]}\nobjective: {metric: loss, goal: minimize}"
      ),
      "5: search.dev_split: expected fixed, for a trainee that has data of its own")
  }
}
