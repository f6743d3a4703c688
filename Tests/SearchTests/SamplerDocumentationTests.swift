import Search
import Testing

/// docs/search.md says what the code does: the samplers' names, options and defaults.
@Suite struct SamplerDocumentationTests {
  @Test func `every sampler has a section, in the order of the code`() throws {
    let names = try SearchDocument.sections(under: "Samplers").map(\.name)
    #expect(names == SamplerConfiguration.Kind.allCases.map(\.rawValue))
    let kinds = SamplerConfiguration.Kind.allCases
    #expect(kinds.map { SamplerConfiguration($0).kind } == kinds)
  }

  @Test(arguments: SamplerConfiguration.Kind.allCases)
  func `options and defaults are those of the code`(_ kind: SamplerConfiguration.Kind) throws {
    let section = try #require(
      try SearchDocument.sections(under: "Samplers").first { $0.name == kind.rawValue })
    #expect(
      try section.options == SearchDocument.options(of: SamplerConfiguration(kind), named: kind.rawValue))
  }
}
