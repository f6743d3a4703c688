import Tensors

/// What tells an operator whether a module is in train mode, for operators that are told: dropout, batch
/// normalization, attention and recurrent layers with dropout.
struct ModeFlags {
  private let booleans: Set<String>
  /// A probability of dropping that is 0 in an evaluation.
  private let probability: CallArgument?
  /// Why the operator cannot serve both modes.
  let objection: (found: String, remedy: String)?

  private static let probabilityName = "dropout_p"

  /// - Parameter given: the arguments of the exported program, by their names.
  init(of found: NamedOperator, given: [String: CallArgument]) {
    let names = Set(found.arguments.map(\.name))
    let hasStatistics = given["running_mean", default: .nothing] != .nothing
    var booleans = names.intersection(["train", "training", "use_input_stats"])
    if names.contains("momentum") {
      // A normalization without running statistics takes the batch's own in both modes.
      if !hasStatistics { booleans = [] }
    }
    self.booleans = booleans
    probability = names.contains(Self.probabilityName) ? given[Self.probabilityName] : nil
    objection =
      names.contains("momentum") && hasStatistics && booleans.isEmpty
      ? (
        "which forgot whether it trains",
        "Export the module in train mode, or save the program before run_decompositions."
      ) : nil
  }

  var isEmpty: Bool { booleans.isEmpty && probability == nil }

  /// Whether it draws nothing in an evaluation.
  var turnOffDraws: Bool { !isEmpty }

  /// The argument in a pass; nil for one that is as the program says.
  func value(of name: String, isTraining: Bool) -> CallArgument? {
    if booleans.contains(name) { return .scalar(.boolean(isTraining)) }
    if name == Self.probabilityName, probability != nil, !isTraining { return .scalar(.number(0)) }
    return nil
  }
}
