/// What a trainee says of itself: what can be tuned, what it measures, whether it can go on where it stopped.
/// Whoever reads experiments, searches and schedules asks this, and knows no trainee by name.
public struct TraineeDescription: Equatable, Sendable {
  /// In the order in which they must be set: what others depend on comes first.
  public var hyperparameters: [Hyperparameter]
  /// The first one is what a study is about that names none.
  public var metrics: [Metric]
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
  }

  /// Nil for a name that it does not know.
  public func metric(named name: String) -> Metric? { metrics.first { $0.name == name } }

  /// The names of what may change while a trial runs: what population based training perturbs.
  public var liveNames: Set<String> { Set(hyperparameters.filter(\.isLive).map(\.name)) }
}
