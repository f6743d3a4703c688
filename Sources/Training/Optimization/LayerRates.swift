/// What the rate and the decay of each parameter tensor are multiplied with: by patterns of names, and by how
/// far from the outputs a tensor's layer is.
public struct LayerRates: TrainingOptionGroup {
  /// Of all tensors whose names match.
  public struct Rule: Codable, Equatable, Sendable {
    /// Such as `head.*`: `*` is any text, `?` any character.
    public var match: String
    /// What the learning rate is multiplied with.
    public var rate: Double
    /// What the decay of the weights is multiplied with.
    public var decay: Double

    public init(match: String, rate: Double = 1, decay: Double = 1) {
      (self.match, self.rate, self.decay) = (match, rate, decay)
    }
  }

  /// What the rate of a layer is, as a share of that of the next layer toward the outputs (Clark et al.,
  /// "ELECTRA", ICLR 2020, appendix A; Bao et al., "BEiT", ICLR 2022, appendix H).
  public var layerDecay: Double = 1
  /// The factors of all that match a name are multiplied.
  public var rules: [Rule] = []

  public init() {}

  public static var options: [ConfigurationOption<Self>] {
    [
      .number(
        "layer_decay", .above(0, through: 1), \.layerDecay, isLive: true,
        "The share of a layer's learning rate that the layer before it has."),
      .parts("layer_rates", expected: "a list of patterns with factors", \.rules) { keys in
        let factors = Hyperparameter.Kind.number(.from(0, through: 1e6))
        var rule = Rule(match: keys.requiredText("match", remedy: "Write, for example, match: head.*."))
        if case .number(let rate) = keys.value("rate", of: factors, default: .number(1)) { rule.rate = rate }
        if case .number(let decay) = keys.value("decay", of: factors, default: .number(1)) {
          rule.decay = decay
        }
        return rule
      },
    ]
  }
}

extension LayerRates {
  /// Of one tensor.
  struct Factors: Equatable, Sendable {
    var rate = 1.0
    var decay = 1.0
  }

  /// Of each tensor of a layout.
  func factors(of layout: ParameterLayout) -> [Factors] {
    if self == Self() { return layout.segments.map { _ in Factors() } }
    let names = layout.segments.map(\.name)
    let layers = Self.layers(of: names)
    let last = layers.max() ?? 0
    return zip(names, layers).map { name, layer in
      var factors = Factors()
      for _ in layer..<last { factors.rate *= layerDecay }
      for rule in rules where name.matches(glob: rule.match) {
        factors.rate *= rule.rate
        factors.decay *= rule.decay
      }
      return factors
    }
  }

  /// The number of each tensor's layer, from the inputs on: a layer is what shares a name up to its last number,
  /// such as `blocks.3`. What has none is one layer before the first of them, as embeddings are, and one behind, as
  /// a last normalization and the outputs are.
  ///
  /// - Parameter names: in the order of the forward pass.
  static func layers(of names: [String]) -> [Int] {
    var numbers: [String: Int] = [:]
    var isBegun = false
    return names.map { name in
      let parts = name.split(separator: ".")
      var layer = isBegun ? "behind" : "before"
      if !ParameterRoles.isEmbedding(name), let end = parts.lastIndex(where: { Int($0) != nil }) {
        isBegun = true
        // Normalizations of a layer may be listed apart from it, under its number.
        layer = parts[...end].joined(separator: ".").replacing("norms.", with: "layers.")
      }
      let number = numbers[layer] ?? numbers.count
      numbers[layer] = number
      return number
    }
  }

  /// What matches none of these parameters.
  func problems(among names: [String]) -> [TrainingError] {
    rules.filter { rule in !names.contains { $0.matches(glob: rule.match) } }.map { rule in
      .invalid(
        subject: "layer_rates", expected: "patterns that match parameters of the model", found: rule.match,
        remedy: "The parameters are \(names.joined(separator: ", ")).")
    }
  }
}

extension String {
  /// Whether it is what a pattern says, in which `*` is any text, empty too, and `?` any character.
  func matches(glob pattern: String) -> Bool {
    let (text, pattern) = (Array(utf8), Array(pattern.utf8))
    let (any, one) = (UInt8(ascii: "*"), UInt8(ascii: "?"))
    var (place, next) = (0, 0)
    // The last star, and how far the text is that it stands for.
    var star: (next: Int, place: Int)?
    while place < text.count {
      if next < pattern.count, pattern[next] == any {
        star = (next, place)
        next += 1
      } else if next < pattern.count, pattern[next] == one || pattern[next] == text[place] {
        (place, next) = (place + 1, next + 1)
      } else if let last = star {
        star = (last.next, last.place + 1)
        (place, next) = (last.place + 1, last.next + 1)
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == any }
  }
}
