import Foundation
import Search
import Testing

@testable import Tuner

/// The summary says which limits its best breaks, and by how much.
@Suite struct BrokenLimitsTests {
  private static func summary(atMost bound: Double) throws -> (RunSummary, JournalContents) {
    var simulation = try SeveralObjectivesTests.simulation()
    simulation.study.objective.limits = [MetricLimit(metric: "parameters", atMost: bound)]
    let remains = try simulation.run()
    return (try #require(remains.result).summary, try remains.contents)
  }

  @Test func `where nothing keeps the limits the best and the front say by how much`() throws {
    let (summary, contents) = try Self.summary(atMost: -1)
    let broken = try #require(summary.best?.brokenLimits)
    #expect(broken.map(\.limit.metric) == ["parameters"])
    #expect(broken[0].violation > 0)
    #expect(
      broken
        == (try History(contents).best.flatMap { best in
          try History(contents).brokenLimits(of: best.trial, at: best.budget)
        }))
    let text = try RunStatus(contents).text
    #expect(text.contains("no trial keeps the limits; best of those that break parameters <= -1 (by "))
    #expect(summary.front?.allSatisfy { $0.brokenLimits?.isEmpty == false } == true)
    #expect(summary.front?[0].text.contains(", breaks parameters <= -1 (by ") == true)
  }

  @Test func `a best that keeps them says so, and an older journal's is looked up`() throws {
    let (summary, contents) = try Self.summary(atMost: 8)
    #expect(summary.best?.brokenLimits == [])
    #expect(try RunStatus(contents).text.contains(", which keeps the limits"))
    var old = try Journal(inMemoryAfter: [])
    for line in contents.lines {
      var record = line.record
      if case .finished(var summary) = record {
        summary.best?.brokenLimits = nil
        record = .finished(summary)
      }
      try old.append([record], at: line.time)
    }
    #expect(try RunStatus(JournalContents(bytes: old.bytes, path: "journal.jsonl")) == RunStatus(contents))
  }

  @Test(
    arguments: [
      (MetricLimit(metric: "a", atMost: 1), 841.0, "a <= 1 (by 840 times)"),
      (MetricLimit(metric: "a", atLeast: 0.9), 0.873, "a >= 0.9 (by 3%)"),
      (MetricLimit(metric: "a", atMost: 0), 0.25, "a <= 0 (by 0.25)"),
      (MetricLimit(metric: "a", atLeast: 1, atMost: 4), 5, "a >= 1 and <= 4 (by 25%)"),
      (MetricLimit(metric: "a", atMost: 1), 1e300, "a <= 1 (by 1e+300 times)"),
    ])
  func `a broken limit in words`(limit: MetricLimit, value: Double, text: String) {
    let objective = Objective(metric: "b", goal: .minimize, limits: [limit])
    #expect(objective.brokenLimits(by: [["a": value]]).text == text)
  }

  @Test func `of replicates the mean counts, and one that keeps the limit does not outweigh`() {
    let objective = Objective(
      metric: "b", goal: .minimize,
      limits: [MetricLimit(metric: "a", atMost: 2), MetricLimit(metric: "c", atMost: 1)])
    let broken = objective.brokenLimits(by: [["a": 4, "c": 1], ["a": 0, "c": 0]])
    #expect(broken == [BrokenLimit(limit: objective.limits[0], violation: 0.5)])
  }
}
