/// A trainee that is a shared library of somebody else's: which one, what it is told, and what is read from
/// it.
///
/// It works within the ranks themselves, by the functions that `tuner_trainee.h` describes (docs/plugin.md).
public struct PluginConfiguration: Codable, Equatable, Sendable {
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
    let names = searched + settings.keys.filter { !searched.contains($0) }.sorted()
    return TraineeDescription(
      hyperparameters: names.map { name in
        Hyperparameter(
          name: name, summary: "Passed on to the plug-in.", kind: .any, isLive: !fixed.contains(name))
      },
      metrics: metrics.map { Metric(name: $0, goal: nil, summary: "As the plug-in measures it.") },
      isResumable: keepsState)
  }

  /// All values that the plug-in is told, by name.
  public var hyperparameters: [String: HyperparameterValue] { settings.merging(values) { _, own in own } }

  /// Of these, which stay for a trial's life.
  var fixedHyperparameters: [String: HyperparameterValue] {
    hyperparameters.filter { fixed.contains($0.key) }
  }

  /// A copy with these values.
  ///
  /// - Throws: `TrainingError.invalid` for a name that is neither searched nor set.
  public func setting(_ values: [String: HyperparameterValue]) throws(TrainingError) -> Self {
    for name in values.keys.sorted() where !searched.contains(name) && settings[name] == nil {
      throw .invalid(
        subject: name, expected: "one of \((searched + settings.keys).sorted().joined(separator: ", "))",
        found: name, remedy: "Name it in search.space or in trainee.settings.")
    }
    var copy = self
    copy.values = self.values.merging(values) { _, new in new }
    return copy
  }

  /// A copy with other values of what may change while a trial runs.
  ///
  /// - Throws: `TrainingError.invalid` for a name that is unknown, or that is fixed and has another value.
  func settingLive(_ values: [String: HyperparameterValue]) throws(TrainingError) -> Self {
    let wanted = try setting(values)
    for name in values.keys.sorted() where fixed.contains(name) && hyperparameters[name] != values[name] {
      throw .invalid(
        subject: name, expected: "\(hyperparameters[name]?.description ?? "no value"), because it is fixed",
        found: "\(values[name]!)",
        remedy: "Take its name from trainee.fixed if the plug-in can change it while it trains.")
    }
    return wanted
  }

  /// All that is wrong with it in itself, the library not asked.
  public func validate() -> [TrainingError] {
    fixed.filter { !searched.contains($0) && settings[$0] == nil }.map { name in
      .invalid(
        subject: "trainee.fixed", expected: "names of search.space or trainee.settings", found: name,
        remedy: "Correct the name.")
    }
  }

  /// Loads the library, and checks that it is what the configuration takes it for. Local.
  ///
  /// - Throws: as `PluginLibrary.init` and `PluginLibrary.check`.
  func checkPlace() throws(TrainingError) {
    try PluginLibrary(library).check(self)
  }
}
