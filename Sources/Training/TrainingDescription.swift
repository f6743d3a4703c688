extension TrainingConfiguration {
  /// What the built-in trainer says of itself, whichever model and data it has.
  public static let description = {
    var description = TraineeDescription(
      hyperparameters: TrainingHyperparameters.all.map(\.hyperparameter),
      metrics: standardMetrics.map(\.metric) + TaskMetrics.all.map(\.metric)
        + ResourceMetric.allCases.map(\.metric))
    description.metricFamilies = TaskMetrics.families.map { $0.described() }
    description.hyperparameterFamilies = TrainingHyperparameters.families.map(\.described)
    return description
  }()

  /// What the built-in trainer says of itself with this data: its metrics are those of what there is to
  /// learn.
  public var description: TraineeDescription {
    var description = Self.description
    let task = data.task
    description.metrics.removeAll { !Self.tasks(of: $0.name).contains(task) }
    description.metricFamilies = TaskMetrics.families.filter { $0.tasks.contains(task) }.map {
      $0.described(of: task)
    }
    return description
  }

  /// What a metric of the built-in trainer is a measure of.
  public static func tasks(of metric: String) -> [TaskKind] {
    let tasks =
      standardMetrics.first { $0.metric.name == metric }?.tasks
      ?? TaskMetrics.asked(metric)?.tasks
    return TaskKind.allCases.filter { tasks?.contains($0) ?? true }
  }

  /// What is always measured.
  private static let standardMetrics: [(metric: Metric, tasks: Set<TaskKind>)] = [
    (
      Metric(
        name: "dev_accuracy", goal: .maximize,
        summary: "The share of the dev split that is classified rightly, from 0 to 1."),
      [.classification, .language]
    ),
    (
      Metric(
        name: "dev_loss", goal: .minimize,
        summary:
          "The mean cross entropy on the dev split, in nats (of text: per character); of numbers their loss."
      ),
      Set(TaskKind.allCases)
    ),
    (
      Metric(
        name: "train_loss", goal: .minimize,
        summary: "The mean training loss since the last measurement, label smoothing included."),
      Set(TaskKind.allCases)
    ),
  ]
}

extension MetricFamily {
  /// As studies know it.
  ///
  /// - Parameter task: what members must be measures of; nil for any.
  fileprivate func described(of task: TaskKind? = nil) -> TraineeDescription.MetricFamily {
    .init(pattern: "dev_\(pattern)", summary: summary) { name in
      TaskMetrics.asked(name).flatMap { metric in
        task.map(metric.tasks.contains) ?? true ? metric.metric : nil
      }
    }
  }
}

extension TrainingConfiguration {
  /// The metrics with a number or another metric in their name, whatever there is to learn, with the goal of
  /// all of a family, if there is one, and what they are measures of.
  public static var metricFamilies:
    [(family: TraineeDescription.MetricFamily, goal: Metric.Goal?, tasks: [TaskKind])]
  {
    TaskMetrics.families.map { family in
      (family.described(), family.goal, TaskKind.allCases.filter { family.tasks.contains($0) })
    }
  }
}

extension TaskMetric {
  /// As studies know it.
  var metric: Metric { Metric(name: "dev_\(name)", goal: goal, summary: summary, isOnRequest: true) }
}

extension ResourceMetric {
  fileprivate var metric: Metric {
    let summary =
      switch self {
      case .parameters: "The trainable numbers of the model."
      case .trainingSeconds:
        "The wall-clock seconds that the trial's state has trained, its ancestors' included."
      case .latency: "The milliseconds of one forward pass of 32 dev samples, the median of 11."
      case .joules:
        "The joules that training took, of the hosts' processors and GPUs whole, its ancestors' included."
      case .flops: "The floating-point operations of one sample's forward pass, two a multiply-add."
      case .gradientNoiseScale:
        "The batch size up to which twice the batch needs about half the steps (McCandlish et al., arXiv 1812.06162)."
      case .bestBudget: "The budget at which early stopping has seen the lowest dev loss."
      case .zeroedGroups: "The share of the groups of weights into a unit that are all 0, from 0 to 1."
      }
    let goal: Metric.Goal? =
      switch self {
      case .gradientNoiseScale, .bestBudget: nil
      case .zeroedGroups: .maximize
      case .parameters, .trainingSeconds, .latency, .flops, .joules: .minimize
      }
    return Metric(
      name: rawValue, goal: goal, summary: summary, isOnRequest: true,
      mayBeMissing: self == .gradientNoiseScale || self == .bestBudget)
  }
}
