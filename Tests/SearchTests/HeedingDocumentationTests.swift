import Search
import Testing

/// docs/search.md says of each sampler and scheduler what its options declare.
@Suite struct HeedingDocumentationTests {
  private static let columns: [Heeding] = [.objectives, .limits, .priors, .budgets, .noise, .pending]

  private static func row(_ name: String, _ heeds: Heeding, _ columns: [Heeding]) -> [String] {
    ["`\(name)`"] + columns.map { heeds.contains($0) ? "yes" : "no" }
  }

  private func rows(under name: String) throws -> [[String]] {
    let section = try #require(
      try SearchDocument.sections(under: "What is heeded").first { $0.name == name })
    return section.rows.filter { $0[0].hasPrefix("`") }
  }

  @Test func `the table of samplers is the code's`() throws {
    let learners = SamplerConfiguration.Kind.allCases.filter {
      SamplerConfiguration($0).options.heeds.contains(.outcomes)
    }
    #expect(
      try rows(under: "Of samplers")
        == learners.map { Self.row($0.rawValue, SamplerConfiguration($0).options.heeds, Self.columns) })
  }

  @Test func `the table of schedulers is the code's`() throws {
    let first = SchedulerConfiguration.Kind.allCases.compactMap { kind in
      // Of ASHA the one with promotions.
      SchedulerConformanceTests.configurations.last { $0.kind == kind }
    }.filter { $0.options.heeds.contains(.outcomes) }
    #expect(
      try rows(under: "Of schedulers")
        == first.map { Self.row($0.kind.rawValue, $0.options.heeds, Self.columns.dropLast()) })
  }
}
