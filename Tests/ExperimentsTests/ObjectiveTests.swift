import Experiments
import Search
import Testing
import Training

/// Several objectives and limits, as the file writes them.
@Suite struct ObjectiveTests {
  static func text(_ objectives: String) -> String {
    """
    study: trade
    \(objectives)
    search:
      sampler: nsga2
      space:
        learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
      scheduler: {kind: asha, trials: 8, maximum_budget: 4}
    """
  }

  @Test func `objectives and limits are read in their order, and resources measured`() throws {
    let experiment = try Experiment(
      yaml: Self.text(
        """
        objectives: {dev_accuracy: maximize, latency_ms: minimize}
        limits: {parameters: {at_most: 1000}}
        """), file: "study.yaml")
    #expect(
      experiment.objective
        == Objective(
          metric: "dev_accuracy", goal: .maximize, further: [.init(metric: "latency_ms", goal: .minimize)],
          limits: [MetricLimit(metric: "parameters", atMost: 1000)]))
    #expect(experiment.trainee.training?.resourceMetrics == [.latency, .parameters])
    let again = try Experiment(yaml: experiment.resolved, file: "resolved.yaml")
    #expect(again.objective == experiment.objective)
  }

  @Test func `a study without resources measures none`() throws {
    let experiment = try Experiment(
      yaml: Self.text("objective: {metric: dev_loss, goal: minimize}"), file: "a.yaml")
    #expect(experiment.trainee.training?.resourceMetrics == nil)
    #expect(experiment.objective == Objective(metric: "dev_loss", goal: .minimize))
  }

  @Test(arguments: TrainingConfiguration().description.metrics.filter { $0.goal != nil }.map(\.name))
  func `an objective without a goal has the metric's natural one`(metric: String) throws {
    let experiment = try Experiment(yaml: Self.text("objective: {metric: \(metric)}"), file: "a.yaml")
    let isBetterHigh = ["accuracy", "f1", "auc", "zeroed"].contains { metric.contains($0) }
    let goal: Objective.Goal = isBetterHigh ? .maximize : .minimize
    #expect(experiment.objective == Objective(metric: metric, goal: goal))
    // Written out for whoever reads the run's own file.
    #expect(experiment.resolved.contains("goal: \(goal.rawValue)"))
  }

  @Test func `a study that says nothing of its objective maximizes the dev accuracy`() throws {
    let experiment = try Experiment(yaml: Self.text(""), file: "a.yaml")
    #expect(experiment.objective == Objective(metric: "dev_accuracy", goal: .maximize))
  }

  @Test func `a goal against a metric's nature is refused as before`() throws {
    let error = #expect(throws: ExperimentError.self) {
      _ = try Experiment(yaml: Self.text("objective: {metric: dev_loss, goal: maximize}"), file: "a.yaml")
    }
    #expect(
      error?.problems.map(\.description) == [
        "a.yaml:2: objective: expected goal: minimize for dev_loss, found maximize. Write goal: minimize."
      ])
  }

  @Test(arguments: [
    (
      "objectives: {dev_acuracy: maximize}",
      "study.yaml:2: objectives.dev_acuracy: expected one of dev_accuracy, dev_loss, train_loss, "
        + "dev_top_2_accuracy, dev_top_3_accuracy, dev_top_5_accuracy, dev_top_10_accuracy, "
        + "dev_balanced_accuracy, dev_f1_macro, dev_f1_micro, dev_auc, dev_log_loss, dev_brier, "
        + "dev_calibration_error, parameters, training_seconds, latency_ms, "
        + "zeroed_groups, flops, joules, found dev_acuracy. Did you mean dev_accuracy?"
    ),
    (
      "limits: {latency_ms: {}}",
      "study.yaml:2: limits.latency_ms: expected at_least, at_most, or a range of both, found neither. "
        + "Write, for example, {at_most: 5}."
    ),
    (
      "objectives: {dev_accuracy: maximize, parameters: maximize}",
      "study.yaml:2: objectives: expected goal: minimize for parameters, found maximize. Write parameters: minimize."
    ),
  ])
  func `a mistake is named`(objectives: String, message: String) throws {
    let error = #expect(throws: ExperimentError.self) {
      _ = try Experiment(yaml: Self.text(objectives), file: "study.yaml")
    }
    #expect(error?.problems.map(\.description) == [message])
  }
}
