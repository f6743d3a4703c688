/// A trainee that is a shared library of somebody else's: which one, what it is told, and what is read from
/// it.
///
/// It works within the ranks themselves, by the functions that `tuner_trainee.h` describes (docs/plugin.md).
public struct PluginConfiguration: PassedOnHyperparameters, Codable, Equatable, Sendable {
  /// The library's path, from where the run is started.
  public var library: String
  /// The names of those that the study uses.
  public var metrics: [String]
  /// Values by name that no trial changes, unless the search does.
  public var settings: [String: HyperparameterValue]
  /// The names that the study searches, in its order.
  public var searched: [String]
  /// The names of what stays for a trial's life.
  public var fixed: [String]
  /// Whether it gives and takes states. One that does not trains every budget from its beginning.
  public var keepsState: Bool
  public var budgetUnit = BudgetUnit.epochs
  /// Cores of a rank.
  public var threads = 1
  /// What a trial sets, by name.
  public var values: [String: HyperparameterValue] = [:]

  public init(
    _ library: String, metrics: [String], settings: [String: HyperparameterValue] = [:],
    searched: [String] = [],
    fixed: [String] = [], keepsState: Bool = true
  ) {
    self.library = library
    self.metrics = metrics
    self.settings = settings
    self.searched = searched
    self.fixed = fixed
    self.keepsState = keepsState
  }
}

extension PluginConfiguration {
  /// What it says of itself follows from what the study asks of it; `PluginLibrary.check` asks the library.
  public var description: TraineeDescription {
    TraineeDescription(
      hyperparameters: described("Passed on to the plug-in.") { !fixed.contains($0) },
      metrics: metrics.map { Metric(name: $0, goal: nil, summary: "As the plug-in measures it.") },
      isResumable: keepsState)
  }

  /// Of all values, those that stay for a trial's life.
  var fixedHyperparameters: [String: HyperparameterValue] {
    hyperparameters.filter { fixed.contains($0.key) }
  }

  /// All that is wrong with it in itself, the library not asked.
  public func validate() -> [TrainingError] { validateFixed() }

  /// Loads the library, and checks that it is what the configuration takes it for. Local.
  ///
  /// - Throws: as `PluginLibrary.init` and `PluginLibrary.check`.
  func checkPlace() throws(TrainingError) {
    try PluginLibrary(library).check(self)
  }
}
