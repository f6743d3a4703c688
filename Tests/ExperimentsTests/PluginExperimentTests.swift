import Experiments
import Foundation
import Testing
import Training

/// `trainee: {kind: plugin}`: read without a look at the library.
@Suite struct PluginExperimentTests {
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(
      path: "configs/c-plugin/experiment.yaml")

  @Test func `the example is read`() throws {
    let experiment = try Experiment(path: Self.file.path)
    var expected = PluginConfiguration(
      "./poisson.so", metrics: ["residual"], settings: ["size": .number(48), "sweeps": .number(25)],
      searched: ["damping"], fixed: ["size"])
    expected.budgetUnit = .epochs
    #expect(experiment.trainee == .plugin(expected))
    #expect(experiment.trainee.description.liveNames == ["damping", "sweeps"])
    #expect(experiment.trainee.files == ["./poisson.so"])
  }

  @Test func `a study keeps it as it was read`() throws {
    let trainee = try Experiment(path: Self.file.path).trainee
    let copy = try JSONDecoder().decode(TraineeConfiguration.self, from: JSONEncoder().encode(trainee))
    #expect(copy == trainee)
  }

  @Test func `a library alone says the kind, and what else there must be is named`() {
    #expect(
      problems(
        """
        study: small
        objective: {metric: residual, goal: minimize}
        trainee: {library: ./solver.so, processes: rank, fixed: [size]}
        search: {space: {rate: {type: float, low: 0, high: 1}}, scheduler: {kind: full, trials: 4, budget: 1}}
        """
      ).first { $0.contains("trainee.metrics") }
        == "3: trainee.metrics: expected a list, such as [a, b], of at least 1, each a text, found nothing. "
        + "Name those of its metrics that the study uses, such as [residual].")
  }
}
