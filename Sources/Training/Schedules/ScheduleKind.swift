/// A kind of schedule: what follows the warm-up, the `decay` of an experiment file. A file in `Kinds` each, and a
/// line in `allCases`; reader, reference, table of hyperparameters, validation and read-back ask it.
public struct ScheduleKind: Sendable {
  /// As the experiment file writes it.
  public let name: String
  /// What it does, in a few words for the reference page.
  public let summary: String
  /// The options that shape it.
  public let options: [ScheduleOption]
  /// Whether it ends at the configuration's `length`.
  public let endsAtLength: Bool
  /// What a configuration of it lacks; nil when nothing.
  let lack: @Sendable (ScheduleConfiguration) -> Lack?
  /// Nil for one that follows the steps alone.
  let observer: Observer?
  /// What it computes under given settings.
  let formula: @Sendable (ScheduleSettings) -> Formula

  /// The value at a step, counted from 0 at the end of the warm-up.
  typealias Formula = @Sendable (_ step: Int) -> Double

  /// What is wrong with the value of a key.
  struct Lack {
    var key: String
    var expected: String
    var found: String
    var remedy: String
  }

  /// How a kind follows the dev loss.
  struct Observer: Sendable {
    /// After how many budget units it is measured.
    let interval: ScheduleOption
    /// What is remembered after another loss; by names that are the kind's own.
    let observe:
      @Sendable (_ settings: ScheduleSettings, _ memory: [String: Double], _ loss: Double) -> [String: Double]
  }

  init(
    _ name: String, _ summary: String, options: [ScheduleOption] = [], endsAtLength: Bool = false,
    lacking lack: @escaping @Sendable (ScheduleConfiguration) -> Lack? = { _ in nil },
    observer: Observer? = nil, formula: @escaping @Sendable (ScheduleSettings) -> Formula
  ) {
    (self.name, self.summary, self.options) = (name, summary, options)
    self.endsAtLength = endsAtLength
    (self.lack, self.observer, self.formula) = (lack, observer, formula)
  }

  func has(_ option: ScheduleOption) -> Bool { options.contains { $0.name == option.name } }
}

extension ScheduleKind: CaseIterable {
  /// All that a file may name.
  public static let allCases: [ScheduleKind] = [
    .constant, .cosine, .step, .exponential, .timeBased, .multiStep, .linear, .polynomial, .inverseSquareRoot,
    .cosineRestarts, .warmUpStableDecay, .triangular, .triangular2, .exponentialRange, .oneCycle, .plateau,
    .sequence,
  ]
}

extension ScheduleKind: RawRepresentable, Hashable, Codable {
  public var rawValue: String { name }

  public init?(rawValue name: String) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}
