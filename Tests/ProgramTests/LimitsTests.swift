import Foundation
import Testing

/// Where no trial keeps the limits, no answer calls one of them the best without saying so.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct LimitsTests {
  @Test func `every answer names the limit that nothing keeps`() throws {
    let directory = try SmallStudy.directory("limits", "limits: {parameters: {at_most: 2}}")
    let words = "best of those that break parameters <= 2 (by 604 times)"
    let run = try Program.run(["small.yaml", "--run-directory", "run", "--json"], in: directory)
    try #require(run.code == 0, "\(run.standardError)")
    #expect(run.standardOutput.contains("  limits     no trial keeps them: \(words)\n"))
    let json = try #require(run.standardOutput.split(separator: "\n").last)
    #expect(json.contains(#""keeps_limits":false"#) && json.contains(#""violations":{"parameters":604}"#))
    let status = try Program.run(["status", "run"], in: directory).standardOutput
    #expect(status.contains("no trial keeps the limits; \(words): "))
    for _ in 0..<2 {
      let test = try Program.run(["test", "run"], in: directory)
      #expect(test.code == 0)
      #expect(test.standardError == "tuner-mpi: warning: no trial keeps the limits: this is the \(words)\n")
      #expect(test.standardOutput.hasSuffix("; no trial keeps the limits: this is the \(words)\n"))
    }
    let page = try String(contentsOf: directory.appending(path: "run/report.html"), encoding: .utf8)
    #expect(
      page.contains("No trial keeps the limits: what is called the best is the best of those that break"))
    #expect(page.contains("<td class=\"words\">breaks parameters &lt;= 2 (by 604 times)</td>"))
    for table in ["trials.csv", "incumbents.csv"] {
      let text = try String(contentsOf: directory.appending(path: "run/\(table)"), encoding: .utf8)
      #expect(text.contains("broken_limits") && text.contains(",parameters <= 2 (by 604 times),"), "\(table)")
    }
  }

  @Test(arguments: [
    "{parameters: {at_most: 1e6}}", "{dev_accuracy: {at_least: 0.01}, parameters: {at_most: 5000}}",
  ])
  func `a best that keeps the limits is said to`(limits: String) throws {
    let directory = try SmallStudy.finished("kept", "limits: \(limits)")
    let run = try Program.run(["small.yaml", "--run-directory", "run", "--json"], in: directory)
      .standardOutput
    #expect(run.contains("  limits     kept by the best\n"))
    #expect(run.contains(#""keeps_limits":true"#) && run.contains(#""violations":{}"#))
    #expect(
      try Program.run(["status", "run"], in: directory).standardOutput.hasSuffix(", which keeps the limits\n")
    )
    let test = try Program.run(["test", "run"], in: directory)
    #expect(test.code == 0 && test.standardError.isEmpty && !test.standardOutput.contains("limits"))
  }

  @Test func `a study without limits says nothing of them`() throws {
    let directory = try SmallStudy.finished("without")
    let run = try Program.run(["small.yaml", "--run-directory", "run", "--json"], in: directory)
      .standardOutput
    #expect(!run.contains("limits") && !run.contains("violations"))
    let journal = try String(contentsOf: directory.appending(path: "run/journal.jsonl"), encoding: .utf8)
    #expect(!journal.contains("brokenLimits"))
  }
}
