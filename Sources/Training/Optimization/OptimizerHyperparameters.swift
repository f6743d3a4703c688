// The rows of the hyperparameter table that are the optimizers'.
extension TrainingHyperparameters {
  /// `optimizer`, then each option of any of them once.
  static let ofOptimizers: [TrainingHyperparameter] =
    [
      .text(
        "optimizer", OptimizerConfiguration.Kind.self, \.optimizer.kind, isLive: false,
        "The optimizer. Its memory has another shape than another's, so it stays for a trial's life.")
    ] + OptimizerOption.all.map(row)

  private static func row(_ option: OptimizerOption) -> TrainingHyperparameter {
    let owners = OptimizerDescription.all.filter { $0.option(option.name) != nil }.map(\.name)
    let isEverybodys = owners.count == OptimizerDescription.all.count
    return TrainingHyperparameter(
      name: option.name, summary: option.summary, kind: option.kind, isLive: option.isLive,
      applicability: isEverybodys ? nil : "the optimizer \(owners.wordedOr)",
      isApplicable: { $0.optimizer.optimizer.option(option.name) != nil },
      read: { $0.optimizer.value(of: option.name) },
      write: { $0.optimizer.set(option.name, to: $1) })
  }
}

extension OptimizerOption {
  /// Each option of any optimizer once, in the order of the list of optimizers.
  public static let all: [OptimizerOption] = OptimizerDescription.all.flatMap(\.options).reduce(into: []) {
    options, option in
    if !options.contains(where: { $0.name == option.name }) { options.append(option) }
  }

  /// The defaults of all that have the option, for people: `0.001`, or `0.9; lion 0.95`.
  public var defaults: String {
    let values = OptimizerDescription.all.compactMap { optimizer in
      optimizer.option(name).map { (optimizer: optimizer.name, value: $0.defaultValue) }
    }
    let others = values.filter { $0.value != defaultValue }.map { "\($0.optimizer) \($0.value)" }
    return ([defaultValue.description] + others).joined(separator: "; ")
  }
}

extension [String] {
  /// `a`, `a or b`, `a, b or c`.
  fileprivate var wordedOr: String {
    guard let last, count > 1 else { return first ?? "" }
    return dropLast().joined(separator: ", ") + " or " + last
  }
}
