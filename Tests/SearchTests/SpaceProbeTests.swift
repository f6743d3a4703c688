import Testing

@testable import Search

@Suite struct SpaceProbeTests {
  @Test func `the middle of a space is the middle of every range`() throws {
    let space = SearchSpace([
      Parameter(name: "rate", domain: .float(low: 1e-4, high: 1e-2, scale: .log)),
      Parameter(name: "width", domain: .integer(low: 10, high: 30, scale: .linear)),
    ])
    let middle = space.middle
    guard case .number(let rate)? = middle.values["rate"] else {
      Issue.record("\(middle)")
      return
    }
    #expect(abs(rate - 1e-3) < 1e-9)
    #expect(middle.values["width"] == .number(20))
  }
}
