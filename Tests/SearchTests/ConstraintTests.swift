import Foundation
import Randomness
import Testing

@testable import Search

@Suite struct ConstraintTests {
  static let space = SearchSpace([
    Parameter(name: "layers", domain: .integer(low: 1, high: 8, scale: .linear)),
    Parameter(name: "width", domain: .integer(low: 1, high: 1024, scale: .log)),
    Parameter(name: "rate", domain: .float(low: 0, high: 1, scale: .linear)),
    Parameter(name: "optimizer", domain: .categorical([.text("sgd"), .text("lamb"), .number(3)])),
    Parameter(
      name: "momentum", domain: .float(low: 0, high: 1, scale: .linear),
      condition: Condition(parameter: "optimizer", values: [.text("sgd")])),
  ])

  static let configuration = Configuration([
    "layers": .number(4), "width": .number(64), "rate": .number(0.5), "optimizer": .text("lamb"),
  ])

  @Test(arguments: [
    ("layers * width <= 256", true), ("layers * width < 256", false), ("layers + 2 * 3 == 10", true),
    ("(layers + 2) * 3 == 18", true), ("2 ^ 3 ^ 2 == 512 and layers > 0", true),
    ("-2 ^ 2 == -4 and rate >= 0", true),
    ("layers - 2 - 1 == 1", true), ("width / layers / 4 == 4", true), ("2 ^ -1 == rate", true),
    ("optimizer == lamb", true), ("lamb == optimizer", true), ("optimizer == \"sgd\"", false),
    ("optimizer != sgd", true), ("not optimizer == sgd", true), ("optimizer == 3", false),
    ("layers > 8 or width > 8 and rate < 1", true), ("(layers > 8 or width > 8) and rate > 1", false),
    ("min(layers, width, 2) == 2", true), ("max(layers, width) == 64", true), ("abs(rate - 1) == 0.5", true),
    ("log(width) > 4.1588 and log(width) < 4.1589", true), ("sqrt(width) == 8", true),
    ("exp(rate - 0.5) == 1", true),
    ("not not layers == 4", true), ("1e1 > layers", true), ("rate>=.5", true),
    // No number: false, whichever way it is compared.
    ("log(-rate) < 1", false), ("log(-rate) >= 1", false), ("log(-rate) != 1", false),
    ("(layers - 4) / (layers - 4) == 1", false),
    // Inactive: holds, whatever the rest says.
    ("momentum > 2", true), ("momentum > 2 and layers > 100", true),
  ])
  func `a formula is what arithmetic says`(text: String, isTrue: Bool) throws {
    let space = SearchSpace(Self.space.parameters, constraints: [try Constraint(text)])
    try space.validate()
    #expect(space.isAllowed(Self.configuration) == isTrue)
  }

  static let mistakes: [(String, String)] = [
    (
      "layers * <= 3",
      "expected a parameter, a number or a formula in parentheses at character 10, found <=. "
        + "Write for instance layers * width <= 4096."
    ),
    ("layers = 3", "expected an operator at character 8, found =. Write == to compare."),
    (
      "1 < layers < 3",
      "expected an operator or the end at character 12, found <. Write two comparisons joined by and."
    ),
    (
      "layers width",
      "expected an operator or the end at character 8, found width. "
        + "Join the parts by an operator, such as + or and."
    ),
    (
      "(layers < 3",
      "expected a ) at character 12, found the end. Close the parenthesis that opens at or after character 1."
    ),
    ("mim(layers, 2) < 3", "expected a function at character 1, found mim. Did you mean min?"),
    (
      "log(layers, 2) < 3",
      "expected 1 argument of log at character 1, found 2. Separate arguments by commas, such as min(a, b)."
    ),
    (
      "layer < 3",
      "expected a parameter of the search space at character 1, found layer. Did you mean layers?"
    ),
    (
      "optimizer == lam",
      "expected one of sgd, lamb, 3, the values of optimizer at character 14, found lam. Did you mean lamb?"
    ),
    ("layers + 1", "expected a comparison at character 8, found a value. Compare it, such as width <= 512."),
    (
      "layers and rate < 1",
      "expected a comparison at character 1, found a value. Compare it, such as width <= 512."
    ),
    (
      "optimizer < 3",
      "expected a number at character 1, found optimizer, which is one of sgd, lamb, 3. "
        + "Compare it by == or != with one of its values."
    ),
    ("1 < 2", "expected a parameter of the search space, found none. Name one, or remove the constraint."),
    (
      "optimizer == 'lamb",
      "expected a quote that closes the one at character 14, found the end. Close the quote."
    ),
    (
      "2layers < 3",
      "expected a number at character 1, found 2layers. Write it such as 0.5 or 1e-3; between a number and a name goes a *."
    ),
    (
      "",
      "expected a parameter, a number or a formula in parentheses at character 1, found the end. Write for instance layers * width <= 4096."
    ),
  ]

  @Test(arguments: mistakes)
  func `a wrong formula is refused with the place and the remedy`(text: String, message: String) {
    let error = #expect(throws: SearchError.self) {
      try SearchSpace(Self.space.parameters, constraints: [Constraint(text)]).validate()
    }
    #expect(error?.description == "constraint \(text): " + message)
  }

  @Test func `what is refused is named with its values`() throws {
    let space = SearchSpace(Self.space.parameters, constraints: [try Constraint("layers * width < 256")])
    let error = #expect(throws: SearchError.self) { try space.validate(Self.configuration) }
    #expect(
      error?.description == """
        configuration: expected layers * width < 256, found layers 4, width 64. Change one of these values, or the \
        constraint.
        """)
  }

  @Test func `nesting is bounded`() throws {
    let error = #expect(throws: SearchError.self) {
      try Constraint(String(repeating: "(", count: 400) + "layers" + String(repeating: ")", count: 400))
    }
    #expect(error?.expected == "at most 50 levels of nesting")
    let long = #expect(throws: SearchError.self) {
      try Constraint(String(repeating: "-", count: 2000) + "layers")
    }
    #expect(long?.expected == "a formula of at most 1000 bytes")
    // A long chain needs no depth.
    let sum = Array(repeating: "rate", count: 120).joined(separator: "+") + " <= 120"
    #expect(
      SearchSpace(Self.space.parameters, constraints: [try Constraint(sum)]).isAllowed(Self.configuration))
  }

  /// Any text is a formula or an error, never a trap.
  @Test(arguments: 0..<500) func `hostile formulas never trap`(seed: Int) {
    var random = CounterGenerator(seed: UInt64(seed), purpose: .simulation)
    let pieces = [
      "layers", "width", "optimizer", "momentum", "sgd", "(", ")", "<", "<=", "==", "!=", "+", "-", "*", "/",
      "^", "and",
      "or", "not", "min(", "log(", ",", "1e308", "0", ".5", "\"", "é", "²", "=", "\u{0}", " ", "٣",
    ]
    let text = (0..<(1 + seed % 20)).map { _ in pieces[Int(random.nextUniform() * Double(pieces.count))] }
      .joined(separator: seed % 3 == 0 ? "" : " ")
    do {
      let space = SearchSpace(Self.space.parameters, constraints: [try Constraint(text)])
      // Evaluation does not trap either where the check refuses.
      _ = space.isAllowed(Self.configuration)
      try space.validate()
    } catch {
      #expect("\(error)".hasPrefix("constraint "))
    }
  }

  @Test func `every sampler's proposals are allowed`() throws {
    let space = SampleSpaces.constrained
    var evidence = Evidence()
    for trial in 0..<12 {
      var random = SamplerConformance.stream(trial)
      let configuration = space.configuration(at: try space.allowedPoint(using: &random))
      SamplerConformance.measure(trial, configuration, in: &evidence)
    }
    for kind in SamplerConfiguration.Kind.allCases {
      var sampler = SamplerConfiguration(kind).makeSampler()
      for trial in 12..<14 {
        var random = SamplerConformance.stream(trial)
        let proposal = try sampler.proposeAllowed(
          TrialID(trial), in: space, given: evidence, using: &random)
        #expect(throws: Never.self, "\(kind), trial \(trial)") { try space.validate(proposal) }
      }
    }
  }

  @Test func `a refused point is mended nearby`() throws {
    let space = SearchSpace(SampleSpaces.cube(2).parameters, constraints: [try Constraint("x0 + x1 <= 1")])
    for seed in 0..<100 {
      var random = CounterGenerator(seed: UInt64(seed), purpose: .proposal)
      let point = try space.repaired([0.7, 0.4], using: &random)
      #expect(space.isAllowed(at: point))
      // The nearest allowed point is at 0.1 / √2 = 0.07.
      #expect(hypot(point[0] - 0.7, point[1] - 0.4) < 0.25, "seed \(seed)")
    }
    var random = CounterGenerator(seed: 1, purpose: .proposal)
    #expect(try space.repaired([0.2, 0.4], using: &random) == [0.2, 0.4])
  }

  @Test func `a space that allows nothing says so`() throws {
    let space = SearchSpace(SampleSpaces.cube(2).parameters, constraints: [try Constraint("x0 + x1 > 2")])
    let error = #expect(throws: SearchError.self) {
      var random = CounterGenerator(seed: 1, purpose: .proposal)
      _ = try space.allowedPoint(using: &random)
    }
    #expect(
      error?.description == """
        search space: expected configurations that the constraints allow, found none among 10000 drawn at random. \
        Loosen x0 + x1 > 2, or narrow the ranges to where it holds.
        """)
  }
}
