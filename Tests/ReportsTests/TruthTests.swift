import Reports
import Search
import Testing

/// What a page and its tables say of how far their figures can be trusted.
@Suite struct TruthTests {
  private static func rows(_ text: String) -> [[Substring]] {
    text.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  @Test func `a score stands beside its error and the samples that it is of`() throws {
    var history = try SampleStudy.population().mapSegments { segment in
      for place in segment.measurements.indices {
        segment.measurements[place].metrics["dev_accuracy_stderr"] = 0.0123
      }
    }
    history.samples = SampleCounts(train: 8_000, dev: 1_234, test: 1_000)
    let page = try PageReading(Report.html(history, state: .finished))
    let measured = try #require(history.measuredBest)
    #expect(measured.text.hasSuffix(" ± 0.012"))
    #expect(page.elements("p", class: "score").map(\.text) == [measured.text])
    #expect(page.text.contains("; ± is the standard error over the 1,234 dev samples"))
    let rows = try page.rows(under: "Trials")
    #expect(rows[0][1] == measured.text)
    #expect(rows.allSatisfy { $0[1].hasSuffix(" ± 0.012") })
  }

  @Test func `the test stands beside the dev score, with its interval and whose it is`() throws {
    let history = try SampleStudy.population()
    let best = try #require(history.best)
    var test = TestFinding(
      trial: best.trial, budget: best.budget, samples: 1_000,
      metrics: ["test_accuracy": (0.95, 0.93...0.96), "test_loss": (0.2, nil)], openings: 1)
    let page = try PageReading(Report.html(history, state: .finished, test: test))
    #expect(
      page.text.contains(
        "On the test split: test_accuracy 0.9500 (0.9300 to 0.9600 with 95 %), test_loss 0.2000, of 1,000 samples."
      ))
    (test.trial, test.openings) = (TrialID(best.trial.rawValue + 1), 2)
    let other = try PageReading(Report.html(history, state: .finished, test: test)).text
    #expect(other.contains("On the test split \(test.trial), which led then"))
    #expect(other.contains("; it has been opened 2 times in all."))
    #expect(!Report.html(history, state: .finished).contains("On the test split"))
  }

  @Test func `a study in which nothing succeeded says so, and why, once`() throws {
    let page = Report.html(try SampleStudy.one(.failed(reason: "no such device")), state: .failed)
    let reading = try PageReading(page)
    #expect(reading.elements("span", class: "state").map(\.text) == ["failed"])
    #expect(
      reading.elements("p", class: "failed").map(\.text)
        == ["Every trial failed, 1 job of them for this reason: no such device"])
  }

  @Test func `a simulated study is marked on the page and in every table`() throws {
    var history = try SampleStudy.population()
    #expect(!Report.csv(history).contains("simulated"))
    history.isSimulated = true
    #expect(
      try PageReading(Report.html(history, state: .finished)).elements("span", class: "state").map(\.text)
        == ["finished", "simulated: a function took the place of training"])
    for table in [Report.csv(history), Report.incumbentsCSV(history), Report.importanceCSV(history)] {
      let rows = Self.rows(table)
      let column = try #require(rows[0].firstIndex(of: "simulated"))
      #expect(rows.dropFirst().allSatisfy { $0[column] == "yes" })
    }
  }

  @Test func `a changed study tells under which version each trial was trained`() throws {
    var history = try SampleStudy.population()
    let plain = Report.html(history, state: .finished)
    #expect(!plain.contains("Changes on the way") && !Report.csv(history).contains("version"))
    history.versions = [
      StudyVersion(number: 1, began: 1_700_000_000, changes: []),
      StudyVersion(number: 2, began: 1_700_003_600, changes: ["training.batchSize: 64 -> 128"]),
    ]
    for segment in history.trials[3].segments.indices where segment > 4 {
      history.trials[3].segments[segment].version = 2
    }
    let page = try PageReading(Report.html(history, state: .finished))
    #expect(
      try page.rows(under: "Changes on the way") == [
        ["1", "2023-11-14T22:13:20Z", "as it began"],
        ["2", "2023-11-14T23:13:20Z", "training.batchSize: 64 -> 128"],
      ])
    for row in try page.rows(under: "Trials") { #expect(row[1] == (row[0] == "3" ? "2" : "1")) }
    let table = Self.rows(Report.csv(history))
    let column = try #require(table[0].firstIndex(of: "version"))
    #expect(table.dropFirst().contains { $0[0] == "3" && $0[column] == "1" })
    #expect(table.dropFirst().contains { $0[0] == "3" && $0[column] == "2" })
    #expect(table.dropFirst().filter { $0[0] == "4" }.allSatisfy { $0[column] == "1" })
  }
}
