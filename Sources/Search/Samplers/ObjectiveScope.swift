/// Which parts of a study's objective a sampler learns from. What it does not, it does not heed.
public struct ObjectiveScope: Equatable, Sendable {
  /// All objectives, and not the first one alone.
  public var objectives: Bool
  public var limits: Bool

  /// Everything; of a sampler that learns nothing too, which misses nothing.
  public static let whole = ObjectiveScope(objectives: true, limits: true)
  /// The first objective, what keeps the limits before what breaks them.
  static let ranked = ObjectiveScope(objectives: false, limits: true)
  /// The costs of the first objective.
  static let costs = ObjectiveScope(objectives: false, limits: false)
}

extension TPEOptions { public var scope: ObjectiveScope { .ranked } }
extension CMAESOptions { public var scope: ObjectiveScope { .ranked } }
extension GeneticOptions { public var scope: ObjectiveScope { .ranked } }
extension ForestOptions { public var scope: ObjectiveScope { .ranked } }
extension GaussianProcessOptions { public var scope: ObjectiveScope { .costs } }
extension TurboOptions { public var scope: ObjectiveScope { .costs } }
extension TransferOptions { public var scope: ObjectiveScope { .costs } }

extension SamplerConfiguration {
  /// What of `objective` the sampler does not heed, as an error that names it; nil when it heeds all.
  public func blindness(for objective: Objective) -> SearchError? {
    let scope = options.scope
    func blind(_ expected: String, _ found: String, _ remedy: String) -> SearchError {
      SearchError(
        subject: "sampler \(kind.rawValue)", expected: expected, found: found, remedy: remedy)
    }
    if !scope.objectives, !objective.further.isEmpty {
      return blind(
        "one objective, because it learns from the first alone", "\(objective.parts.count)",
        "Choose auto, ehvi, parego or nsga2.")
    }
    if !scope.limits, !objective.limits.isEmpty {
      return blind(
        "no limits, because it learns from costs alone",
        objective.limits.map(\.inequality).joined(separator: ", "),
        "Choose auto, ehvi, parego, nsga2, forest or tpe.")
    }
    return nil
  }
}
