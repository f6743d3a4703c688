/// An optimizer and its options. Those that its kind doesn't have are kept, for a search that chooses the
/// kind, and ignored.
public struct OptimizerConfiguration: Equatable, Sendable {
  /// The name of an optimizer that there is.
  public struct Kind: RawRepresentable, Hashable, Codable, CaseIterable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init?(rawValue: String) {
      guard OptimizerDescription.byName[rawValue] != nil else { return nil }
      self.rawValue = rawValue
    }

    fileprivate init(_ name: String) { rawValue = name }

    public static let allCases = OptimizerDescription.all.map { Kind($0.name) }
    public static let (sgd, adamw, lamb) = (Kind("sgd"), Kind("adamw"), Kind("lamb"))

    public var description: String { rawValue }
  }

  public var kind: Kind = .adamw { didSet { forgetDefaults() } }
  /// By name, what differs from the kind's own defaults.
  private var given: [String: HyperparameterValue] = [:]

  public init() {}

  public init(_ kind: Kind) { self.kind = kind }

  var optimizer: OptimizerDescription {
    guard let optimizer = OptimizerDescription.byName[kind.rawValue] else {
      preconditionFailure("there is no optimizer \(kind)")
    }
    return optimizer
  }

  /// The value of an option; nil for one that neither was given nor belongs to the kind.
  public func value(of option: String) -> HyperparameterValue? {
    given[option] ?? optimizer.option(option)?.defaultValue
  }

  /// The value of an option that the kind has; nil for another.
  public func ownValue(of option: String) -> HyperparameterValue? {
    optimizer.option(option) == nil ? nil : value(of: option)
  }

  /// Gives an option a value, for every kind that has it. One that is the kind's default counts as not given:
  /// if a search chooses another kind, that one's own default holds. So an experiment with its defaults
  /// written out means what it meant without them.
  public mutating func set(_ option: String, to value: HyperparameterValue) {
    given[option] = value
    forgetDefaults()
  }

  private mutating func forgetDefaults() {
    given = given.filter { name, value in value != optimizer.option(name)?.defaultValue }
  }
}

// The options that the first three optimizers have.
extension OptimizerConfiguration {
  /// The peak of the learning-rate schedule, for `TrainingConfiguration.referenceBatchSize`.
  public var learningRate: Double {
    get { number("learning_rate") }
    set { set("learning_rate", to: .number(newValue)) }
  }

  public var weightDecay: Double {
    get { number("weight_decay") }
    set { set("weight_decay", to: .number(newValue)) }
  }

  public var momentum: Double {
    get { number("momentum") }
    set { set("momentum", to: .number(newValue)) }
  }

  public var beta1: Double {
    get { number("beta1") }
    set { set("beta1", to: .number(newValue)) }
  }

  public var beta2: Double {
    get { number("beta2") }
    set { set("beta2", to: .number(newValue)) }
  }

  public var epsilon: Double {
    get { number("epsilon") }
    set { set("epsilon", to: .number(newValue)) }
  }

  private func number(_ option: String) -> Double {
    if case .number(let number) = value(of: option) ?? FirstOptions.defaults[option] { number } else { 0 }
  }
}

/// What the encoding has had from the first version on.
private enum FirstOptions {
  static let kinds: Set<OptimizerConfiguration.Kind> = [.sgd, .adamw, .lamb]

  static let defaults: [String: HyperparameterValue] = [
    "learning_rate": .number(1e-3), "weight_decay": .number(0.01), "momentum": .number(0.9),
    "nesterov": .truth(false), "beta1": .number(0.9), "beta2": .number(0.999), "epsilon": .number(1e-6),
    "bias_correction": .truth(true), "trust_ratio_clip": .number(0),
  ]
}

// As journals and messages have it. The first three optimizers are written as they always were, every option
// under a key of its own, whichever of them has it, so that an old journal and a new study agree to the last
// byte; all else that was given under `options`.
extension OptimizerConfiguration: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, options
    case learningRate, weightDecay, momentum, nesterov, beta1, beta2, epsilon, biasCorrection
    case trustRatioClip

    static let numbers: [(Self, String)] = [
      (.learningRate, "learning_rate"), (.weightDecay, "weight_decay"), (.momentum, "momentum"),
      (.beta1, "beta1"), (.beta2, "beta2"), (.epsilon, "epsilon"), (.trustRatioClip, "trust_ratio_clip"),
    ]
    static let truths: [(Self, String)] = [(.nesterov, "nesterov"), (.biasCorrection, "bias_correction")]
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    kind = try container.decode(Kind.self, forKey: .kind)
    for (key, name) in CodingKeys.numbers {
      if let number = try container.decodeIfPresent(Double.self, forKey: key) {
        given[name] = .number(number)
      }
    }
    for (key, name) in CodingKeys.truths {
      if let truth = try container.decodeIfPresent(Bool.self, forKey: key) { given[name] = .truth(truth) }
    }
    // Every option was always written: one that the kind lacks and that has its default was not given.
    given = given.filter { optimizer.option($0.key) != nil || $0.value != FirstOptions.defaults[$0.key] }
    let options = try container.decodeIfPresent([String: HyperparameterValue].self, forKey: .options)
    given.merge(options ?? [:]) { _, option in option }
    forgetDefaults()
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    var others = given
    if FirstOptions.kinds.contains(kind) {
      let values = FirstOptions.defaults.merging(given) { _, given in given }
      for (key, name) in CodingKeys.numbers {
        guard case .number(let number) = values[name] else { continue }
        // Absent where there is no limit.
        if key != .trustRatioClip || number != 0 { try container.encode(number, forKey: key) }
      }
      for (key, name) in CodingKeys.truths {
        try container.encode(values[name] == .truth(true), forKey: key)
      }
      others = given.filter {
        FirstOptions.defaults[$0.key] == nil || FirstOptions.defaults[$0.key] == $0.value
      }
    }
    if !others.isEmpty { try container.encode(others, forKey: .options) }
  }
}
