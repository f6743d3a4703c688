/// What a trainee says of itself: what can be tuned, what it measures, whether it can go on where it stopped.
/// Whoever reads experiments, searches and schedules asks this, and knows no trainee by name.
public struct TraineeDescription: Equatable, Sendable {
  /// In the order in which they must be set: what others depend on comes first.
  public var hyperparameters: [Hyperparameter]
  /// Hyperparameters that a part of their name tells apart, none of which may change while a trial runs.
  public var hyperparameterFamilies: [HyperparameterFamily] = []
  /// The first one is what a study is about that names none.
  public var metrics: [Metric]
  /// Metrics that a number in their name tells apart.
  public var metricFamilies: [MetricFamily] = []
  /// Whether it gives and takes states. One that does not trains every job from its beginning.
  public var isResumable: Bool

  public init(hyperparameters: [Hyperparameter], metrics: [Metric], isResumable: Bool = true) {
    self.hyperparameters = hyperparameters
    self.metrics = metrics
    self.isResumable = isResumable
  }

  /// Nil for a name that it does not know.
  public func hyperparameter(named name: String) -> Hyperparameter? {
    hyperparameters.first { $0.name == name }
      ?? hyperparameterFamilies.lazy.compactMap { $0.member(name) }.first
  }

  /// Nil for a name that it does not know.
  public func metric(named name: String) -> Metric? {
    metrics.first { $0.name == name } ?? metricFamilies.lazy.compactMap { $0.member(name) }.first
  }

  /// The names of what may change while a trial runs: what population based training perturbs.
  public var liveNames: Set<String> { Set(hyperparameters.filter(\.isLive).map(\.name)) }
}

extension TraineeDescription {
  /// Metrics of one kind, as many as there are numbers.
  public struct MetricFamily: Sendable, Equatable {
    /// With a capital letter for the number, `dev_top_K_accuracy`.
    public let pattern: String
    /// A sentence for people.
    public let summary: String
    /// Nil for a name that is none of the family's.
    let member: @Sendable (_ name: String) -> Metric?

    public static func == (a: Self, b: Self) -> Bool { a.pattern == b.pattern }
  }
}

extension TraineeDescription {
  /// Hyperparameters of one kind, as many as there are names.
  public struct HyperparameterFamily: Sendable, Equatable {
    /// With what differs in capital letters, `use_COLUMN`.
    public let pattern: String
    /// A sentence for people.
    public let summary: String
    public let kind: Hyperparameter.Kind
    /// What a configuration needs so that they mean something in it; nil when they always do.
    public let applicability: String?
    /// Nil for a name that is none of the family's.
    let member: @Sendable (_ name: String) -> Hyperparameter?

    public static func == (a: Self, b: Self) -> Bool { a.pattern == b.pattern }
  }
}
