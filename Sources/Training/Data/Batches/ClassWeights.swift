/// What the samples of each class count in the training loss, which is the mean weighted with them, as PyTorch's
/// `CrossEntropyLoss(weight=...)` has it. What is measured weighs all samples the same.
public enum ClassWeights: Equatable, Sendable {
  case none
  /// n / (k · n_c) for a class of n_c of the n training samples, of k classes (King and Zeng, "Logistic regression
  /// in rare events data", Political Analysis 9 (2001); scikit-learn's `class_weight="balanced"`). 0 for a class
  /// without training samples, which does not count in k.
  case balanced
  /// One for each class, in the order of their numbers.
  case given([Double])

  /// What a word that is no number is read as.
  private static let noNumber = -1.0

  var problems: [TrainingError] {
    guard case .given(let weights) = self, let wrong = weights.first(where: { !($0 >= 1e-6 && $0 <= 1e6) }) else {
      return []
    }
    return [
      .invalid(
        subject: "class_weights", expected: "none, balanced, or a number from 1e-6 to 1e6 for each class",
        found: wrong == Self.noNumber ? "another word" : HyperparameterValue.number(wrong).description,
        remedy: "Correct it.")
    ]
  }
}

extension ClassWeights: Codable {
  /// A word, or an array of numbers.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let weights = try? container.decode([Double].self) {
      self = .given(weights)
    } else {
      self = try container.decode(String.self) == "balanced" ? .balanced : .none
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .none: try container.encode("none")
    case .balanced: try container.encode("balanced")
    case .given(let weights): try container.encode(weights)
    }
  }

  /// As an experiment writes them: no word for `none`.
  fileprivate init(_ words: [String]) {
    switch words {
    case [], ["none"]: self = .none
    case ["balanced"]: self = .balanced
    default: self = .given(words.map { Double($0) ?? Self.noNumber })
    }
  }
}

extension ConfigurationOption<Batching> {
  /// A search chooses between none and balanced ones.
  static var classWeights: Self {
    let name = "class_weights"
    return Self(
      name,
      row: Row(
        summary:
          "What the samples of each class count in the loss: the same, or in inverse proportion to their number.",
        kind: .text(["none", "balanced"]), isLive: false, needs: "classes to learn",
        isApplicable: { _ in true },
        isApplicableIn: { $0.data.task == .classification },
        read: {
          switch $0.classWeights {
          case .none: .text("none")
          case .balanced: .text("balanced")
          case .given: nil
          }
        },
        write: { $0.classWeights = $1 == .text("balanced") ? .balanced : .none }),
      key: Key(
        ask: {
          $1.classWeights = ClassWeights($0.texts(name, absence: "none: every sample counts the same"))
        },
        decode: { record, batching in
          batching.classWeights =
            try record.decodeIfPresent(ClassWeights.self, forKey: NameKey(name)) ?? .none
        },
        encode: { batching, record in
          if batching.classWeights != .none {
            try record.encode(batching.classWeights, forKey: NameKey(name))
          }
        }))
  }
}

extension TrainingData {
  /// The weight of each class; nil where all count the same.
  ///
  /// - Throws: `TrainingError.invalid` where there are no classes, or others than there are weights.
  func weights(_ wanted: ClassWeights) throws(TrainingError) -> [Float]? {
    guard wanted != .none else { return nil }
    guard let counts = classCounts(in: .train) else {
      throw .invalid(
        subject: "class_weights", expected: "classes to learn", found: taskKind.words, remedy: "Leave it out."
      )
    }
    if case .given(let weights) = wanted {
      guard weights.count == counts.count else {
        throw .invalid(
          subject: "class_weights", expected: "\(counts.count) weights, one for each class",
          found: "\(weights.count)", remedy: "Write one for each class, in the order of their numbers.")
      }
      return weights.map { Float($0) }
    }
    let (samples, classes) = (Double(counts.reduce(0, +)), Double(counts.count { $0 > 0 }))
    return counts.map { $0 == 0 ? 0 : Float(samples / (classes * Double($0))) }
  }
}
