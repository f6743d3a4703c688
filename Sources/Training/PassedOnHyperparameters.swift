/// A trainee that is told whatever a study names, and knows no hyperparameter of its own: somebody else's program or
/// library.
public protocol PassedOnHyperparameters {
  /// Values by name that no trial changes, unless the search does.
  var settings: [String: HyperparameterValue] { get }
  /// The names that the study searches, in its order.
  var searched: [String] { get }
  /// The names of what stays for a trial's life.
  var fixed: [String] { get }
  /// What a trial sets, by name.
  var values: [String: HyperparameterValue] { get set }
  var description: TraineeDescription { get }
}

extension PassedOnHyperparameters {
  /// All values that are passed on, by name.
  public var hyperparameters: [String: HyperparameterValue] { settings.merging(values) { _, own in own } }

  /// What is said of the names that the study uses.
  ///
  /// - Parameter isLive: whether the value of a name may change while a trial runs.
  func described(_ summary: String, isLive: (String) -> Bool) -> [Hyperparameter] {
    let names = searched + settings.keys.filter { !searched.contains($0) }.sorted()
    return names.map { Hyperparameter(name: $0, summary: summary, kind: .any, isLive: isLive($0)) }
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
    let live = description.liveNames
    for (name, value) in values.sorted(by: { $0.key < $1.key })
    where !live.contains(name) && hyperparameters[name] != value {
      throw .invalid(
        subject: name, expected: "\(hyperparameters[name]?.description ?? "no value"), because it is fixed",
        found: "\(value)", remedy: "Take its name from trainee.fixed if it can change while a trial runs.")
    }
    return wanted
  }

  /// What is wrong with the names of what is fixed.
  func validateFixed() -> [TrainingError] {
    fixed.filter { !searched.contains($0) && settings[$0] == nil }.map { name in
      .invalid(
        subject: "trainee.fixed", expected: "names of search.space or trainee.settings", found: name,
        remedy: "Correct the name.")
    }
  }
}
