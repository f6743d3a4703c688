/// A hyperparameter over a trial: a warm-up to a peak, then a decay. Lengths are in the study's budget unit
/// and may be fractions of it: half an epoch, 200 steps.
public struct ScheduleConfiguration: Equatable, Sendable {
  /// At least 0; 0 is no warm-up.
  public var warmup: Double = 0
  public var decay: ScheduleKind = .constant
  /// Where a decay ends that has an end, counted from the start of training, warm-up included. Nil stands for the
  /// largest budget that the study gives to a trial; what reads the experiment file fills it in.
  public var length: Double? = nil
  /// Where it changes.
  public var by: Counting = .step
  /// Of the decay `multi_step`, ascending, counted from the start of training.
  public var milestones: [Double] = []
  /// Of the decay `sequence`, which follow on the warm-up.
  public var phases: [SchedulePhase] = []
  /// By name, those that are not as they are where nobody says.
  private var options: [String: HyperparameterValue] = [:]

  public init() {}

  /// Where a schedule changes: at every optimizer step, or where a unit of the budget begins, as PyTorch's schedulers
  /// that are stepped once an epoch.
  public enum Counting: String, Codable, CaseIterable, Sendable {
    case step, unit
  }

  /// The value of an option, whether the decay has it or not.
  public func value(of option: ScheduleOption) -> HyperparameterValue {
    options[option.name] ?? option.standard
  }

  public mutating func set(_ option: ScheduleOption, to value: HyperparameterValue) {
    options[option.name] = value == option.standard ? nil : value
  }

  /// An option that is a number.
  public subscript(option: ScheduleOption) -> Double {
    get {
      guard case .number(let number) = value(of: option) else {
        preconditionFailure("the option \(option.name) of a schedule is no number")
      }
      return number
    }
    set { set(option, to: .number(newValue)) }
  }
}

extension ScheduleConfiguration: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    static let warmup = Key(stringValue: "warmup")
    static let decay = Key(stringValue: "decay")
    static let length = Key(stringValue: "length")
    static let by = Key(stringValue: "by")
    static let milestones = Key(stringValue: "milestones")
    static let phases = Key(stringValue: "phases")
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    warmup = try container.decode(Double.self, forKey: .warmup)
    decay = try container.decode(ScheduleKind.self, forKey: .decay)
    length = try container.decodeIfPresent(Double.self, forKey: .length)
    by = try container.decodeIfPresent(Counting.self, forKey: .by) ?? by
    milestones = try container.decodeIfPresent([Double].self, forKey: .milestones) ?? milestones
    phases = try container.decodeIfPresent([SchedulePhase].self, forKey: .phases) ?? phases
    for option in ScheduleOption.all {
      let key = Key(stringValue: option.key)
      switch option.kind {
      case .number, .integer:
        if let number = try container.decodeIfPresent(Double.self, forKey: key) {
          set(option, to: .number(number))
        }
      case .text, .any:
        if let text = try container.decodeIfPresent(String.self, forKey: key) { set(option, to: .text(text)) }
      }
    }
  }

  /// What is not said is not written, so that a study is encoded as it was before there were these.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(warmup, forKey: .warmup)
    try container.encode(decay, forKey: .decay)
    try container.encodeIfPresent(length, forKey: .length)
    if by != .step { try container.encode(by, forKey: .by) }
    if !milestones.isEmpty { try container.encode(milestones, forKey: .milestones) }
    if !phases.isEmpty { try container.encode(phases, forKey: .phases) }
    for option in ScheduleOption.all where option.isAlwaysWritten || options[option.name] != nil {
      let key = Key(stringValue: option.key)
      switch value(of: option) {
      case .number(let number): try container.encode(number, forKey: key)
      case .text(let text): try container.encode(text, forKey: key)
      }
    }
  }
}
