import Search
import Testing

/// Values are equal when type and bytes are.
@Suite struct ValueIdentityTests {
  @Test(arguments: [
    (ParameterValue.number(1), ParameterValue.text("1")), (.text("\u{e9}"), .text("e\u{301}")),
    (.text("q\u{307}\u{323}"), .text("q\u{323}\u{307}")), (.text("\u{212b}"), .text("\u{c5}")),
    (.text("true"), .text("True")), (.number(0.1), .number(0.1.nextUp)),
  ])
  func `different values are two choices`(_ first: ParameterValue, _ second: ParameterValue) throws {
    #expect(first != second)
    for domain in [Domain.categorical([first, second]), .ordinal([first, second])] {
      try SearchSpace([Parameter(name: "c", domain: domain)]).validate()
      #expect(domain.value(at: 0.2) == first && domain.value(at: 0.8) == second)
      #expect(domain.unit(of: second) == 0.75)
    }
    #expect(!Domain.categorical([first]).contains(second))
    #expect([first: 1, second: 2].count == 2)
    #expect(Configuration(["c": first]) != Configuration(["c": second]))
  }

  @Test func `constraints and conditions tell letters apart by their bytes`() throws {
    let composed = ParameterValue.text("\u{e9}")
    let decomposed = ParameterValue.text("e\u{301}")
    let space = SearchSpace(
      [
        Parameter(name: "c", domain: .categorical([composed, decomposed])),
        Parameter(
          name: "x", domain: .integer(low: 1, high: 2, scale: .linear),
          condition: Condition(parameter: "c", values: [decomposed])),
      ], constraints: [try Constraint("c != '\u{e9}'")])
    try space.validate()
    #expect(!space.isAllowed(Configuration(["c": composed])))
    #expect(space.isAllowed(Configuration(["c": decomposed, "x": .number(1)])))
    #expect(space.isActive(space.parameters[1], given: ["c": decomposed]))
    #expect(!space.isActive(space.parameters[1], given: ["c": composed]))
  }
}
