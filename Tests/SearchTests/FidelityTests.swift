import Search
import Testing

@Suite struct FidelityTests {
  /// The values at the rungs 1, 3, 9 and 27 of R = 27.
  static let rungs: [(domain: Domain, expected: [Double])] = [
    (.float(low: 1.0 / 27, high: 1, scale: .linear), [1.0 / 27, 3.0 / 27, 9.0 / 27, 1]),
    (.float(low: 0.001, high: 1, scale: .log), [0.001, 0.01, 0.1, 1]),
    (.integer(low: 1, high: 27, scale: .linear), [1, 3, 9, 27]),
    (.ordinal([8, 14, 20, 32].map { .number($0) }), [8, 14, 20, 32]),
    (.powersOfTwo(from: 16, through: 64), [16, 32, 64, 64]),
  ]

  @Test(arguments: rungs)
  func `a budget is a value, the full budget the last one`(domain: Domain, expected: [Double]) {
    let fidelity = Fidelity(name: "data_share", domain: domain, fullBudget: 27, length: 5)
    for (budget, value) in zip([1, 3, 9, 27], expected) {
      guard case .number(let found) = fidelity.value(at: budget) else {
        Issue.record("expected a number")
        continue
      }
      #expect(abs(found - value) < 1e-12)
    }
  }

  @Test(arguments: [
    Domain.float(low: 0.01, high: 1, scale: .log), .float(low: 0.01, high: 1, scale: .linear),
    .float(low: 0.01, high: 0.9, scale: .logit), .integer(low: 3, high: 300, scale: .log),
    .integer(low: 3, high: 300, scale: .linear), .quantized(low: 0.1, high: 1, step: 0.1, scale: .linear),
    .powersOfTwo(from: 2, through: 512),
  ])
  func `more budget is never a lower value`(domain: Domain) {
    for full in [1, 2, 50, 243] {
      let fidelity = Fidelity(name: "width", domain: domain, fullBudget: full, length: 1)
      let places = (1...full).compactMap { domain.unit(of: fidelity.value(at: $0)) }
      #expect(places.count == full)
      #expect(places == places.sorted())
      #expect(fidelity.value(at: full) == domain.value(at: 1))
    }
  }

  @Test func `what the space searches, and what has no order, is refused`() {
    let domain = Domain.float(low: 0.1, high: 1, scale: .linear)
    let space = SearchSpace([Parameter(name: "data_share", domain: domain)])
    #expect(throws: SearchError.self) {
      try Fidelity(name: "data_share", domain: domain, fullBudget: 9, length: 9).validate(in: space)
    }
    for domain in [Domain.categorical([.number(1), .number(2)]), .ordinal([.text("sgd"), .text("lamb")])] {
      #expect(throws: SearchError.self) {
        try Fidelity(name: "width", domain: domain, fullBudget: 9, length: 9).validate(in: space)
      }
    }
  }
}
