import Foundation
import Search
import Testing

/// docs/search.md says what the code does: names, options, defaults, Hyperband's table.
@Suite struct SchedulerDocumentationTests {
  /// Two configurations of each kind that differ in all required options, and have the defaults elsewhere.
  private static let pairs: [(SchedulerConfiguration, SchedulerConfiguration)] = [
    (.full(FullRunOptions(trials: 1, budget: 1)), .full(FullRunOptions(trials: 2, budget: 2))),
    (
      .median(MedianStoppingOptions(trials: 8, maximumBudget: 8)),
      .median(MedianStoppingOptions(trials: 9, maximumBudget: 9))
    ),
    (
      .successiveHalving(SuccessiveHalvingOptions(trials: 8, maximumBudget: 8)),
      .successiveHalving(SuccessiveHalvingOptions(trials: 9, maximumBudget: 9))
    ),
    (.hyperband(HyperbandOptions(maximumBudget: 8)), .hyperband(HyperbandOptions(maximumBudget: 9))),
    (
      .asha(ASHAOptions(trials: 8, maximumBudget: 8)), .asha(ASHAOptions(trials: 9, maximumBudget: 9))
    ),
    (
      .pbt(PBTOptions(population: 8, generations: 8, interval: 8)),
      .pbt(PBTOptions(population: 9, generations: 9, interval: 9))
    ),
  ]

  @Test func `every scheduler has a section, in the order of the code`() throws {
    let names = try Self.sections().map(\.name)
    #expect(names == SchedulerConfiguration.Kind.allCases.map(\.rawValue))
    #expect(Self.pairs.map(\.0.kind) == SchedulerConfiguration.Kind.allCases)
  }

  @Test(arguments: SchedulerConfiguration.Kind.allCases)
  func `options and defaults are those of the code`(_ kind: SchedulerConfiguration.Kind) throws {
    let section = try #require(try Self.sections().first { $0.name == kind.rawValue })
    let pair = try #require(Self.pairs.first { $0.0.kind == kind })
    let (options, others) = (try Self.options(of: pair.0), try Self.options(of: pair.1))
    var expected: [String: String] = [:]
    for (name, value) in options { expected[name] = others[name] == value ? value : "required" }
    var documented: [String: String] = [:]
    for row in section.rows where row.count == 3 && row[0].hasPrefix("`") {
      documented[row[0].trimmingCharacters(in: ["`"])] = row[1]
    }
    #expect(documented == expected)
  }

  @Test func `Hyperband's table is what the code runs`() throws {
    let section = try #require(try Self.sections().first { $0.name == "hyperband" })
    let rows = section.rows.filter { $0.count == 2 && Int($0[0]) != nil }
    let brackets = try HyperbandOptions(maximumBudget: 81).brackets()
    #expect(
      rows
        == brackets.map { bracket in
          let rungs = zip(bracket.rungSizes, bracket.budgets).map { "\($0) at \($1)" }
          return ["\(bracket.s)", rungs.joined(separator: ", ")]
        })
  }

  private struct Section {
    var name: String
    /// Cells of its tables' lines.
    var rows: [[String]] = []
  }

  /// The parts of `## Schedulers` under third-level headings.
  private static func sections() throws -> [Section] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/search.md"), encoding: .utf8)
    var sections: [Section] = []
    var isSchedulers = false
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## ") { isSchedulers = line == "## Schedulers" }
      guard isSchedulers else { continue }
      if line.hasPrefix("### ") { sections.append(Section(name: String(line.dropFirst(4)))) }
      guard line.hasPrefix("|"), let last = sections.indices.last else { continue }
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      sections[last].rows.append(cells)
    }
    return sections
  }

  /// Dotted names as files write them, and their values.
  private static func options(of configuration: SchedulerConfiguration) throws -> [String: String] {
    let document = try JSONSerialization.jsonObject(with: JSONEncoder().encode(configuration))
    let options = (document as? [String: Any])?[configuration.kind.rawValue]
    return flattened(try #require(options as? [String: Any]), prefix: "")
  }

  private static func flattened(_ object: [String: Any], prefix: String) -> [String: String] {
    var values: [String: String] = [:]
    for (key, value) in object {
      let name = prefix + snakeCase(key)
      switch value {
      case let inner as [String: Any]:
        values.merge(flattened(inner, prefix: name + ".")) { first, _ in first }
      case let list as [Any]: values[name] = list.map { "\($0)" }.joined(separator: ", ")
      default: values[name] = "\(value)"
      }
    }
    return values
  }

  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      text += letter.isUppercase ? "_\(letter.lowercased())" : "\(letter)"
    }
  }
}
