/// An option of one kind of schedule or of several, by one name and with one meaning in them all.
public struct ScheduleOption: Sendable {
  /// As the experiment file and the search space write it.
  public let name: String
  /// A sentence for the reference page.
  public let summary: String
  public let kind: Hyperparameter.Kind
  /// What it is where nobody says.
  public let standard: HyperparameterValue
  /// The key under which journals have it.
  let key: String
  /// Whether journals have it even where it is the standard one, as those of the first versions do.
  let isAlwaysWritten: Bool

  private init(
    _ name: String, _ kind: Hyperparameter.Kind, _ standard: HyperparameterValue, _ summary: String,
    alwaysWrittenAs key: String?
  ) {
    (self.name, self.kind, self.standard, self.summary) = (name, kind, standard, summary)
    (self.key, isAlwaysWritten) = (key ?? name, key != nil)
  }

  static func number(
    _ name: String, _ range: NumberRange, standard: Double, _ summary: String,
    alwaysWrittenAs key: String? = nil
  ) -> Self {
    Self(name, .number(range), .number(standard), summary, alwaysWrittenAs: key)
  }
}

extension ScheduleOption {
  /// Those of all kinds, each once.
  public static let all: [ScheduleOption] = {
    var names: Set<String> = []
    return ScheduleKind.allCases.flatMap(\.options).filter { names.insert($0.name).inserted }
  }()

  /// The kinds that it shapes, in words: `the decay step or exponential`.
  var applicability: String {
    let names = ScheduleKind.allCases.filter { $0.has(self) }.map(\.name)
    let last = names.last ?? ""
    return "the decay " + (names.count < 2 ? last : names.dropLast().joined(separator: ", ") + " or \(last)")
  }
}

// Those that several kinds have. Their first versions wrote these three always.
extension ScheduleOption {
  public static let finalFraction = number(
    "final_fraction", .from(0, through: 1), standard: 0, "What fraction of the peak a cosine ends with.",
    alwaysWrittenAs: "finalFraction")

  public static let decayFactor = number(
    "decay_factor", .above(0, through: 1), standard: 0.5,
    "What the learning rate is multiplied with every decay_interval.", alwaysWrittenAs: "decayFactor")

  /// Counted from the end of the warm-up.
  public static let decayInterval = number(
    "decay_interval", .above(0, through: TrainingHyperparameters.longest), standard: 10,
    "The length of a step of the decay, in the budget unit.", alwaysWrittenAs: "decayInterval")
}
