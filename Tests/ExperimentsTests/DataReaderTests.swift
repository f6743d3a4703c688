import Foundation
import Search
import Testing
import Training

@testable import Experiments

@Suite struct DataReaderTests {
  private func read(_ data: String, _ more: String = "") throws -> Experiment {
    try Experiment(
      yaml: """
        study: table
        data: \(data)
        \(more)
        search:
          space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}}
          scheduler: {kind: full, trials: 2, budget: 2}
        """, file: "study.yaml")
  }

  private func problems(_ data: String, _ more: String = "") -> [String] {
    do {
      _ = try read(data, more)
      return []
    } catch {
      return (error as? ExperimentError)?.problems.map(\.description) ?? ["\(error)"]
    }
  }

  private static let numbers = "{kind: csv, path: a.csv, target: price, task: regression}"

  @Test func `a study of numbers minimizes their loss`() throws {
    let experiment = try read(Self.numbers)
    #expect(experiment.objective == Objective(metric: "dev_loss", goal: .minimize))
    #expect(experiment.trainee.training?.loss == nil)
    #expect(experiment.trainee.training?.data.task == .regression)
    #expect(try read(Self.numbers, "training: {loss: mae}").trainee.training?.loss == .mae)
  }

  @Test func `objective, limits and curves say what is measured`() throws {
    let experiment = try read(
      Self.numbers,
      "objective: {metric: dev_r2}\nlimits: {dev_mae: {at_most: 3}}\ncurves: [dev_pinball_90, latency_ms]")
    #expect(experiment.objective.goal == .maximize)
    #expect(experiment.trainee.training?.taskMetrics == ["dev_r2", "dev_mae", "dev_pinball_90"])
    #expect(experiment.trainee.training?.resourceMetrics == [.latency])
  }

  @Test func `a metric of another task is none`() {
    let words = problems(Self.numbers, "objective: {metric: dev_accuracy}")
    #expect(words.count == 1)
    #expect(
      words.first?.hasPrefix("study.yaml:3: objective.metric: expected one of dev_loss, train_loss, dev_mse")
        == true)
    #expect(words.first?.contains("found dev_accuracy") == true)
    #expect(
      problems("digits", "training: {loss: mae}").first?.hasPrefix(
        "study.yaml:3: training.loss: expected a key that training has, found loss. Write one of: ") == true)
  }

  @Test func `parts with files of their own are read, and written out again`() throws {
    let text = """
      {kind: idx, images: a, labels: b, test: {images: c, labels: d}}
      """
    let experiment = try read(text)
    #expect(experiment.trainee.training?.data.files == ["a", "b", "c", "d"])
    #expect(!experiment.resolved.contains("dev:\n") || !experiment.resolved.contains("?"))
    let again = try Experiment(yaml: experiment.resolved, file: "again.yaml")
    #expect(again.trainee == experiment.trainee)
    #expect(
      problems("{kind: idx, images: a, labels: b, test: {images: c, labls: d}}").first
        == "study.yaml:2: data.test.labels: expected a text, found nothing. "
        + "Write the path of the IDX file of labels, gzip or plain.")
    #expect(problems("{kind: text, path: a, test: {path: b}}").count == 1)
  }

  @Test func `every key of a table is read`() throws {
    let experiment = try read(
      "{kind: csv, path: a.csv, target: [p, q], task: regression, ignore: id, categories: [zip], delimiter: tab, "
        + "header: false, missing: mean, dev: {path: b.csv}}")
    #expect(experiment.trainee.training?.data.files == ["a.csv", "b.csv"])
    let again = try Experiment(yaml: experiment.resolved, file: "again.yaml")
    #expect(again.trainee == experiment.trainee)
    #expect(
      problems("{kind: csv, path: a.csv}") == [
        "study.yaml:2: data.target: expected a text, or a list of them, found nothing. "
          + "Name the column that is to be learned, or write its number from 1."
      ])
  }
}
