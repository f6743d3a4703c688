/// A kind of schedule: what follows the warm-up, the `decay` of an experiment file. A file in `Kinds` each, and a
/// line in `allCases`; reader, reference, table of hyperparameters, validation and read-back ask it.
public struct ScheduleKind: Sendable {
  /// As the experiment file writes it.
  public let name: String
  /// The options that shape it.
  public let options: [ScheduleOption]
  /// Whether it ends at the configuration's `length`.
  public let endsAtLength: Bool
  /// What it computes under given settings.
  let formula: @Sendable (ScheduleSettings) -> Formula

  /// The value at a step, counted from 0 at the end of the warm-up.
  typealias Formula = @Sendable (_ step: Int) -> Double

  init(
    _ name: String, options: [ScheduleOption] = [], endsAtLength: Bool = false,
    formula: @escaping @Sendable (ScheduleSettings) -> Formula
  ) {
    (self.name, self.options, self.endsAtLength, self.formula) = (name, options, endsAtLength, formula)
  }

  func has(_ option: ScheduleOption) -> Bool { options.contains { $0.name == option.name } }
}

extension ScheduleKind: CaseIterable {
  /// All that a file may name.
  public static let allCases: [ScheduleKind] = [.constant, .cosine, .step, .exponential, .timeBased]
}

extension ScheduleKind: RawRepresentable, Hashable, Codable {
  public var rawValue: String { name }

  public init?(rawValue name: String) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}
