/// Hyperparameters that a part of their name tells apart, as many as the data has parts of such names.
struct HyperparameterFamily: Sendable {
  /// With what differs in capital letters, `use_COLUMN`.
  let pattern: String
  /// A sentence for people.
  let summary: String
  let kind: Hyperparameter.Kind
  let applicability: String?
  /// Nil for the name of none of them.
  let member: @Sendable (_ name: String) -> TrainingHyperparameter?
  /// The names of those that a configuration says something of.
  let named: @Sendable (TrainingConfiguration) -> [String]
}

extension TrainingHyperparameters {
  static let families = [Features.columnFamily]

  /// The row of a name that the table has not; nil for one of no family.
  static func familyMember(_ name: String) -> TrainingHyperparameter? {
    families.lazy.compactMap { $0.member(name) }.first
  }
}

extension HyperparameterFamily {
  /// As studies know it.
  var described: TraineeDescription.HyperparameterFamily {
    .init(pattern: pattern, summary: summary, kind: kind, applicability: applicability) { name in
      member(name)?.hyperparameter
    }
  }
}
