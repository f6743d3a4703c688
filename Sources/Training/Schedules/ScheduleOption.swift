/// An option of one kind of schedule or of several, by one name and with one meaning in them all.
public struct ScheduleOption: Sendable {
  /// As the experiment file and the search space write it.
  public let name: String
  /// A sentence for the reference page.
  public let summary: String
  public let kind: Hyperparameter.Kind
  /// What it is where nobody says.
  public let standard: HyperparameterValue
  /// What it may be in a schedule of another hyperparameter than the learning rate.
  public let kindBesideRate: Hyperparameter.Kind
  /// The key under which journals have it.
  let key: String
  /// Whether journals have it even where it is the standard one, as those of the first versions do.
  let isAlwaysWritten: Bool

  private init(
    _ name: String, _ kind: Hyperparameter.Kind, besideRate: Hyperparameter.Kind? = nil,
    _ standard: HyperparameterValue, _ summary: String, alwaysWrittenAs key: String? = nil
  ) {
    (self.name, self.summary, self.kind, self.standard) = (name, summary, kind, standard)
    kindBesideRate = besideRate ?? kind
    (self.key, isAlwaysWritten) = (key ?? name, key != nil)
  }

  /// - Parameter mayGrow: whether hyperparameters other than the rate may exceed what is searched: a fraction above 1,
  ///   at most 1,000.
  static func number(
    _ name: String, _ range: NumberRange, standard: Double, _ summary: String, mayGrow: Bool = false,
    alwaysWrittenAs key: String? = nil
  ) -> Self {
    var wide = range
    if mayGrow { wide.high = 1_000 }
    return Self(
      name, .number(range), besideRate: .number(wide), .number(standard), summary, alwaysWrittenAs: key)
  }

  static func integer(_ name: String, low: Int, high: Int, standard: Int, _ summary: String) -> Self {
    Self(name, .integer(low: low, high: high), .number(Double(standard)), summary)
  }

  /// Whose first choice is the standard one.
  static func text(_ name: String, _ choices: [String], _ summary: String) -> Self {
    Self(name, .text(choices), .text(choices[0]), summary)
  }
}

extension ScheduleOption {
  /// Those of the warm-up, which all kinds have, and those of the kinds, each once.
  public static let all: [ScheduleOption] = {
    var names: Set<String> = []
    let options = ofWarmUp + ScheduleKind.allCases.flatMap(\.options)
    return options.filter { names.insert($0.name).inserted }
  }()

  private static let ofWarmUp = [warmUpShape, warmUpStart]

  /// Whether it means something in a schedule of this kind.
  func isApplicable(to kind: ScheduleKind) -> Bool {
    kind.has(self) || Self.ofWarmUp.contains { $0.name == name }
  }

  /// The kinds that it shapes, in words: `the decay step or exponential`; nil for all.
  var applicability: String? {
    let names = ScheduleKind.allCases.filter { $0.has(self) }.map(\.name)
    guard let last = names.last else { return nil }
    return "the decay "
      + (names.count < 2 ? last : names.dropLast().joined(separator: ", ") + " or \(last)")
  }
}

// Those that several kinds have.
extension ScheduleOption {
  static let warmUpShape = text(
    "warmup_shape", ["linear", "constant", "exponential"], "How the warm-up comes to the peak.")

  static let warmUpStart = number(
    "warmup_start", .from(0, through: 1), standard: 0,
    "What fraction of the peak the warm-up begins with; 0 for one of its steps + 1 parts.", mayGrow: true)

  public static let finalFraction = number(
    "final_fraction", .from(0, through: 1), standard: 0, "What fraction of the peak the decay ends with.",
    mayGrow: true, alwaysWrittenAs: "finalFraction")

  public static let decayFactor = number(
    "decay_factor", .above(0, through: 1), standard: 0.5,
    "What is multiplied with every decay_interval, at every milestone or plateau.", mayGrow: true,
    alwaysWrittenAs: "decayFactor")

  /// Counted from the end of the warm-up.
  public static let decayInterval = number(
    "decay_interval", .above(0, through: TrainingHyperparameters.longest), standard: 10,
    "The length of a step of the decay, in the budget unit.", alwaysWrittenAs: "decayInterval")

  static let cycleLength = number(
    "cycle_length", .above(0, through: TrainingHyperparameters.longest), standard: 10,
    "The length of a cycle, of cosine_restarts the first, in the budget unit.")
}
