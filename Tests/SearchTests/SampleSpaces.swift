import Search

/// Spaces that the tests share.
enum SampleSpaces {
  /// Every kind of parameter.
  static let mixed = SearchSpace([
    Parameter(name: "learning_rate", domain: .float(low: 1e-5, high: 0.1, scale: .log)),
    Parameter(name: "dropout", domain: .float(low: 0, high: 0.5, scale: .linear)),
    Parameter(name: "layers", domain: .integer(low: 1, high: 4, scale: .linear)),
    Parameter(name: "width", domain: .integer(low: 8, high: 512, scale: .log)),
    Parameter(name: "activation", domain: .categorical([.text("relu"), .text("gelu"), .text("tanh")])),
    Parameter(name: "batch", domain: .categorical([.number(32), .number(64), .number(128)])),
  ])

  /// A number and a choice that depend on a choice, and a number that depends on that choice and on an
  /// integer.
  static let conditional = SearchSpace([
    Parameter(name: "optimizer", domain: .categorical([.text("sgd"), .text("adamw"), .text("lamb")])),
    Parameter(
      name: "momentum", domain: .float(low: 0, high: 0.99, scale: .linear),
      condition: Condition(parameter: "optimizer", values: [.text("sgd")])),
    Parameter(
      name: "decay", domain: .categorical([.text("none"), .text("cosine")]),
      condition: Condition(parameter: "optimizer", values: [.text("adamw"), .text("lamb")])),
    Parameter(
      name: "cycles", domain: .integer(low: 1, high: 5, scale: .linear),
      condition: Condition(parameter: "decay", values: [.text("cosine")])),
    Parameter(
      name: "damping", domain: .float(low: 0.1, high: 1, scale: .log),
      condition: Condition(parameter: "cycles", values: [.number(2), .number(3)])),
  ])

  /// `dimension` numbers in [0, 1].
  static func cube(_ dimension: Int) -> SearchSpace {
    SearchSpace(
      (0..<dimension).map {
        Parameter(name: "x\($0)", domain: .float(low: 0, high: 1, scale: .linear))
      })
  }

  /// Twelve configurations in all.
  static let finite = SearchSpace([
    Parameter(name: "layers", domain: .integer(low: 1, high: 4, scale: .linear)),
    Parameter(name: "activation", domain: .categorical([.text("relu"), .text("gelu"), .text("tanh")])),
  ])

  /// Every kind of domain, conditions on ranges and on two parents.
  static let everyKind = SearchSpace([
    Parameter(name: "momentum", domain: .float(low: 0.01, high: 0.99, scale: .logit)),
    Parameter(name: "dropout", domain: .quantized(low: 0, high: 0.5, step: 0.1, scale: .linear)),
    Parameter(name: "size", domain: .ordinal([.text("small"), .text("medium"), .text("large")])),
    Parameter(name: "batch", domain: .powersOfTwo(from: 16, through: 512)),
    Parameter(name: "seedling", domain: .fixed(.number(3))),
    Parameter(
      name: "nesterov", domain: .categorical([.text("yes"), .text("no")]),
      condition: Condition(parameter: "momentum", low: 0.5, high: nil)),
    Parameter(
      name: "heads", domain: .quantized(low: 8, high: 64, step: 8, scale: .log),
      condition: Condition(
        parameter: "size", .range(low: .text("medium"), high: nil),
        also: [Condition(parameter: "batch", low: 32, high: 128)])),
  ])

  /// A third of the points or so are allowed.
  static let constrained: SearchSpace = {
    do {
      return SearchSpace(
        mixed.parameters,
        constraints: [
          try Constraint("layers * width <= 256"), try Constraint("activation != tanh or batch < 128"),
          try Constraint("log(learning_rate) + 4 * dropout < -4"),
        ])
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  static let single = SearchSpace([Parameter(name: "model", domain: .categorical([.text("mlp")]))])
}

extension Configuration {
  func number(_ name: String) -> Double {
    if case .number(let number)? = self[name] { number } else { .nan }
  }
}
