import Foundation
import Search
import Testing

@Suite struct SearchSpaceTests {
  static let x = Parameter(name: "x", domain: .float(low: 0, high: 1, scale: .linear))
  static let kind = Parameter(name: "kind", domain: .categorical([.text("a"), .text("b")]))

  static func float(_ low: Double, _ high: Double, _ scale: Scale = .linear) -> [Parameter] {
    [Parameter(name: "x", domain: .float(low: low, high: high, scale: scale))]
  }

  static func integer(_ low: Int, _ high: Int, _ scale: Scale = .linear) -> [Parameter] {
    [Parameter(name: "n", domain: .integer(low: low, high: high, scale: scale))]
  }

  static func conditional(on parameter: String, _ values: [ParameterValue]) -> Parameter {
    Parameter(
      name: "y", domain: .float(low: 0, high: 1, scale: .linear),
      condition: Condition(parameter: parameter, values: values))
  }

  static let wrongSpaces: [([Parameter], String)] = [
    ([], "search space: expected at least one parameter, found none. Name a hyperparameter to search."),
    (
      [Parameter(name: "", domain: x.domain)],
      "search space: expected a name for every parameter, found an empty name. Name the hyperparameter."
    ),
    (
      [x, x],
      "parameter x: expected a name used once, found a second parameter of this name. Rename or remove one of them."
    ),
    (
      float(1, 0.5),
      """
      parameter x: expected low below high, found low 1 and high 0.5. Widen the range, or give the hyperparameter a \
      fixed value outside the search space.
      """
    ),
    (
      float(0, 1, .log),
      """
      parameter x: expected low above 0, because the scale is log, found 0. Raise low, or use the linear scale.
      """
    ),
    (
      float(0, .infinity),
      "parameter x: expected finite bounds, found 0 and inf. Narrow the range."
    ),
    (
      float(-1e308, 1e308),
      """
      parameter x: expected bounds whose difference is a finite number, found -1e+308 and 1e+308, for which \
      high - low is too large. Narrow the range.
      """
    ),
    (
      integer(3, 3),
      """
      parameter n: expected low below high, found low 3 and high 3. Widen the range, or give it one value, with the \
      type fixed and the value 3.
      """
    ),
    (
      integer(0, 8, .log),
      """
      parameter n: expected low of at least 1, because the scale is log, found 0. Raise low, or use the linear scale.
      """
    ),
    (
      integer(0, .max),
      "parameter n: expected bounds within ±2^40, found 0 and 9223372036854775807. Narrow the range."
    ),
    (
      [Parameter(name: "kind", domain: .categorical([]))],
      "parameter kind: expected at least one choice, found none. List its choices."
    ),
    (
      [Parameter(name: "kind", domain: .categorical([.text("a"), .text("b"), .text("a")]))],
      "parameter kind: expected choices that differ, found a twice. Remove one of them."
    ),
    (
      [Parameter(name: "kind", domain: .categorical([.number(.nan)]))],
      """
      parameter kind: expected finite numbers or text as choices, found nan. Remove the choice, or write it as text.
      """
    ),
    (
      [conditional(on: "kind", [.text("a")]), kind],
      """
      parameter y: expected a condition on a parameter defined before it, found kind. Define kind above it, or \
      correct the name.
      """
    ),
    (
      [x, conditional(on: "x", [.number(0.5)])],
      """
      parameter y: expected a condition on a range of x, which is a float, found a condition on its values. Give the \
      lowest or the highest value that makes it active, such as {low: 0.5}.
      """
    ),
    (
      [kind, conditional(on: "kind", [])],
      """
      parameter y: expected at least one value of kind in the condition, found none. List the values that make it \
      active.
      """
    ),
    (
      [kind, conditional(on: "kind", [.text("c")])],
      """
      parameter y: expected a condition on one of a, b, the values of kind, found c. Correct the value, or add it to \
      kind.
      """
    ),
  ]

  static let wrongKinds: [(Domain, String)] = [
    (
      .float(low: 0, high: 0.9, scale: .logit),
      """
      parameter p: expected low above 0 and high below 1, because the scale is logit, found 0 and 0.9. Narrow the range, \
      such as 0.001 to 0.999.
      """
    ),
    (
      .integer(low: 1, high: 9, scale: .logit),
      """
      parameter p: expected the scale linear or log for integers and steps, found logit. Use linear or log, or a float \
      without a step.
      """
    ),
    (
      .quantized(low: 0, high: 1, step: 2, scale: .linear),
      """
      parameter p: expected a step above 0 and at most high - low, and no more than 2^40 of them, found 2. Write a step \
      that divides the range into a few values.
      """
    ),
    (
      .quantized(low: 0.1, high: 1, step: 0.3, scale: .log),
      """
      parameter p: expected low above half a step, because the scale is log, found low 0.1 and step 0.3. Raise low, \
      lower the step, or use the linear scale.
      """
    ),
    (
      .ordinal([.number(1), .number(1)]),
      "parameter p: expected choices that differ, found 1 twice. Remove one of them."
    ),
    (
      .powersOfTwo(from: 17, through: 31),
      "parameter p: expected at least one choice, found none. List its choices."
    ),
  ]

  @Test(arguments: wrongKinds)
  func `a wrong domain is refused in words that mend it`(domain: Domain, message: String) {
    let error = #expect(throws: SearchError.self) {
      try SearchSpace([Parameter(name: "p", domain: domain)]).validate()
    }
    #expect(error?.description == message)
  }

  static let wrongConditions: [(Condition, String)] = [
    (
      Condition(parameter: "kind", low: 1, high: nil),
      """
      parameter y: expected a condition on values of kind, whose choices have no order, found a range. List the values, \
      or make kind ordinal.
      """
    ),
    (
      Condition(parameter: "x", low: nil, high: nil),
      """
      parameter y: expected low, high or both for the range of x, found neither. Give the lowest or the highest value \
      that makes it active, such as {low: 0.5}.
      """
    ),
    (
      Condition(parameter: "x", low: 2, high: 3),
      "parameter y: expected a range that x, a number from 0 to 1, can lie in, found from 2 to 3. Correct the range."
    ),
    (
      Condition(parameter: "x", .range(low: .text("high"), high: nil)),
      """
      parameter y: expected a range within a number from 0 to 1, the values of x, found high. Correct the value.
      """
    ),
  ]

  @Test(arguments: wrongConditions)
  func `a wrong range is refused in words that mend it`(condition: Condition, message: String) {
    let child = Parameter(name: "y", domain: Self.x.domain, condition: condition)
    let error = #expect(throws: SearchError.self) { try SearchSpace([Self.x, Self.kind, child]).validate() }
    #expect(error?.description == message)
  }

  @Test func `ranges include their ends, compare ordered values by their order, and join`() throws {
    let space = SampleSpaces.everyKind
    try space.validate()
    let (nesterov, heads) = (space.parameters[5], space.parameters[6])
    #expect(space.isActive(nesterov, given: ["momentum": .number(0.5)]))
    #expect(!space.isActive(nesterov, given: ["momentum": .number(0.4999)]))
    #expect(!space.isActive(nesterov, given: [:]))
    for (size, batch, isActive) in [
      ("small", 64.0, false), ("medium", 32, true), ("large", 128, true), ("large", 256, false),
    ] {
      #expect(space.isActive(heads, given: ["size": .text(size), "batch": .number(batch)]) == isActive)
    }
    #expect("\(try #require(heads.condition))" == "size is at least medium and batch is from 32 to 128")
  }

  @Test func `spaces survive JSON, and one without the newer fields is written as before`() throws {
    for space in [SampleSpaces.everyKind, SampleSpaces.constrained, SampleSpaces.conditional] {
      #expect(try JSONDecoder().decode(SearchSpace.self, from: JSONEncoder().encode(space)) == space)
    }
    let old = """
      {"parameters":[{"domain":{"categorical":{"_0":["sgd","lamb"]}},"name":"optimizer"},\
      {"condition":{"parameter":"optimizer","values":["sgd"]},\
      "domain":{"float":{"high":0.5,"low":0,"scale":"linear"}},"name":"momentum"}]}
      """
    let space = try JSONDecoder().decode(SearchSpace.self, from: Data(old.utf8))
    #expect(space.parameters[1].condition == Condition(parameter: "optimizer", values: [.text("sgd")]))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(space), as: UTF8.self) == old)
  }

  @Test(arguments: wrongSpaces)
  func `a wrong definition is refused in words that mend it`(parameters: [Parameter], message: String) {
    let error = #expect(throws: SearchError.self) { try SearchSpace(parameters).validate() }
    #expect(error?.description == message)
  }

  @Test(arguments: [
    SampleSpaces.mixed, SampleSpaces.conditional, SampleSpaces.finite, SampleSpaces.single,
    SampleSpaces.cube(3), SampleSpaces.everyKind, SampleSpaces.constrained,
  ])
  func `a right definition is accepted`(space: SearchSpace) throws { try space.validate() }

  static let valid: [String: ParameterValue] = [
    "optimizer": .text("adamw"), "decay": .text("cosine"), "cycles": .number(4),
  ]

  static let wrongConfigurations: [([String: ParameterValue?], String)] = [
    (
      ["cycles": nil],
      "parameter cycles: expected an integer from 1 to 5, found no value. Give it a value of its domain."
    ),
    (
      ["cycles": .number(2.5)],
      "parameter cycles: expected an integer from 1 to 5, found 2.5. Give it a value of its domain."
    ),
    (
      ["cycles": .number(6)],
      "parameter cycles: expected an integer from 1 to 5, found 6. Give it a value of its domain."
    ),
    (
      ["cycles": .text("four")],
      "parameter cycles: expected an integer from 1 to 5, found four. Give it a value of its domain."
    ),
    (
      ["optimizer": .text("adam")],
      "parameter optimizer: expected one of sgd, adamw, lamb, found adam. Give it a value of its domain."
    ),
    (
      ["cycles": .number(2)],
      "parameter damping: expected a number from 0.1 to 1, found no value. Give it a value of its domain."
    ),
    (
      ["momentum": .number(0.9)],
      """
      parameter momentum: expected no value unless optimizer is sgd, found 0.9. Remove it, or change what it depends on.
      """
    ),
    (
      ["width": .number(9), "depth": .number(1)],
      """
      parameter depth: expected a parameter of the search space (optimizer, momentum, decay, cycles, damping), found \
      an unknown name. Correct the name or remove it.
      """
    ),
  ]

  @Test(arguments: wrongConfigurations)
  func `a configuration outside the space is refused by parameter, expected and found`(
    changes: [String: ParameterValue?], message: String
  ) throws {
    var values = Self.valid
    try SampleSpaces.conditional.validate(Configuration(values))
    for (name, value) in changes { values[name] = value }
    let configuration = Configuration(values)
    let error = #expect(throws: SearchError.self) { try SampleSpaces.conditional.validate(configuration) }
    #expect(error?.description == message)
    // The encoder is where most configurations are checked: it must refuse the same in the same words.
    let encoding = #expect(throws: SearchError.self) { try SampleSpaces.conditional.point(of: configuration) }
    #expect(encoding?.description == message)
  }
}
