import Reports
import Search
import Testing

@Suite struct SecondDevTests {
  /// Full runs of 8 trials; the second split is worse by what each trial is given, in thousandths.
  private static func history(worse: [Int], replicates: Int = 1) throws -> History {
    var history = History(
      study: "gap", objective: Objective(metric: "dev_accuracy", goal: .maximize), space: SampleStudy.space,
      budgetUnit: "epochs")
    history.replicates = replicates > 1 ? replicates : nil
    for (number, worse) in worse.enumerated() {
      let job = Job(
        id: JobID(number), trial: TrialID(number), origin: .fresh,
        configuration: Configuration(["dropout": .number(0.1 * Double(number / replicates % 5))]), target: 10)
      let score = 0.5 + 0.05 * Double(number / replicates)
      try history.begin(job)
      try history.finish(
        Outcome(job: job.id, trial: job.trial, result: .reached(cost: -score)),
        measurements: [
          TrialHistory.Measurement(
            budget: 10,
            metrics: ["dev_accuracy": score, "second_dev_accuracy": score - Double(worse) / 1_000])
        ], at: Double(number + 1))
    }
    return history
  }

  @Test func `the page draws both lines, and names the gap with its error`() throws {
    let history = try Self.history(worse: [1, 3, 2, 4, 0, 20])
    let page = try PageReading(Report.html(history, state: .finished))
    // By hand: of 1, 3, 2, 4 and 0 the mean is 2, the deviation √2.5.
    let sentence =
      "dev_accuracy is 0.73 on the second dev split, which no decision saw: 0.02 worse than on the one that chose it "
      + "(standard error 0.0016, as the difference varies over 5 other trials, which are 0.002 worse on average)"
    #expect(page.elements("p").contains { $0.text == sentence })
    #expect(page.text.contains("The best: \(sentence)."))
    #expect(Report.summary(history, state: .finished).contains("\n  \(sentence)\n"))
    let lines = page.elements("path", class: "unseen")
    #expect(lines.count == 1)
    // Six trials, each the best so far: a corner before each but the first, and the end.
    #expect(lines.first?.attributes["d"]?.filter { $0 == "L" }.count == 11)
    #expect(page.elements("circle", class: "unseen").count == 6)
    #expect(
      Report.csv(history).split(separator: "\r\n").first?.contains(
        ",metric.dev_accuracy,metric.second_dev_accuracy,")
        == true)
  }

  @Test func `the error is of the replicates where there are some`() throws {
    let history = try Self.history(worse: [5, 5, 5, 1, 2, 3], replicates: 3)
    #expect(
      Report.summary(history, state: .finished).contains(
        "dev_accuracy is 0.548 on the second dev split, which no decision saw: 0.002 worse than on the one that chose "
          + "it (standard error 0.00058, as the difference varies over 3 replicates)"))
  }

  @Test func `few trials give no error, and a gap may be the other way`() throws {
    let few = Report.summary(try Self.history(worse: [3, -4]), state: .finished)
    #expect(few.contains("0.004 better than on the one that chose it\n"))
    #expect(
      Report.summary(try Self.history(worse: [3, 0]), state: .finished).contains("the same as on the one"))
  }

  @Test func `without a second dev split nothing is drawn or said`() throws {
    let history = try SampleStudy.halving()
    let page = Report.html(history, state: .finished)
    #expect(!page.contains("second dev split"))
    #expect(try PageReading(page).elements("path", class: "unseen").isEmpty)
    #expect(!Report.summary(history, state: .finished).contains("second"))
  }
}
