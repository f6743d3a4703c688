import Reports
import Search
import Testing

/// What the page says of how far a result can be trusted.
struct TrustTests {
  /// Trials 0 ..< scores.count, each with its scores at 1, 2, 4, ... epochs and their standard error.
  private static func history(_ scores: [[Double]], error: Double? = nil) throws -> History {
    var history = History(
      study: "trust", objective: Objective(metric: "accuracy", goal: .maximize),
      space: SearchSpace([Parameter(name: "rate", domain: .float(low: 0, high: 1, scale: .linear))]),
      budgetUnit: "epochs")
    var number = 0
    for (trial, readings) in scores.enumerated() {
      for (rung, score) in readings.enumerated() {
        let origin: Origin = rung == 0 ? .fresh : .resume(from: 1 << (rung - 1))
        let job = Job(
          id: JobID(number), trial: TrialID(trial), origin: origin,
          configuration: Configuration(["rate": .number(Double(trial) / 100)]), target: 1 << rung)
        number += 1
        try history.begin(job)
        var metrics = ["accuracy": score]
        if let error { metrics["accuracy_stderr"] = error }
        try history.finish(
          Outcome(job: job.id, trial: job.trial, result: .reached(cost: -score)),
          measurements: [TrialHistory.Measurement(budget: job.target, metrics: metrics)], at: Double(number))
      }
    }
    return history
  }

  /// Twelve trials, whose second scores rise, or fall, as their first ones rise.
  private static func ladder(step: Double) -> [[Double]] {
    (0..<12).map { [0.5 + 0.01 * Double($0), 0.7 + step * Double($0)] }
  }

  private static func page(_ history: History) throws -> PageReading {
    try PageReading(Report.html(history, state: .finished))
  }

  @Test(arguments: [
    (0.001, "stands apart from the others"), (0.02, "None of the others can be told from the first"),
  ])
  func `the first is told from the others as far as errors allow`(error: Double, words: String) throws {
    let history = try Self.history([[0.95], [0.94], [0.93], [0.92]], error: error)
    #expect(try Self.page(history).text.contains(words))
  }

  @Test func `without errors nothing is said of chance`() throws {
    let text = try Self.page(try Self.history([[0.95], [0.94], [0.93]])).text
    #expect(text.contains("How precise the scores are is not known"))
    #expect(!text.contains("stands apart"))
  }

  @Test func `early scores that order trials the other way round are told`() throws {
    let same = try Self.history(Self.ladder(step: 0.01))
    #expect(
      try Self.page(same).rows(under: "Do early scores tell late ones?") == [
        ["1 to 2", "12", "1.0", "1.0 to 1.0"]
      ])
    let turned = try Self.history(Self.ladder(step: -0.01))
    #expect(
      try Self.page(turned).rows(under: "Do early scores tell late ones?") == [
        ["1 to 2", "12", "-1.0", "-1.0 to -1.0"]
      ])
  }

  @Test func `the winner's readings are listed, the newest last`() throws {
    let history = try Self.history([[0.5, 0.9, 0.8], [0.4, 0.5, 0.6], [0.3, 0.4, 0.5]])
    let rows = try Self.page(history).rows(under: "What the winner measured on its way")
    #expect(rows.map { $0[0] } == ["1", "2", "4"])
    #expect(rows.map { $0[2] } == ["0.5000", "0.9000", "0.8000"])
  }

  @Test func `failures are grouped by their reasons`() throws {
    var history = try Self.history([[0.5]])
    for number in 1..<9 {
      let job = Job(
        id: JobID(number), trial: TrialID(number), origin: .fresh,
        configuration: Configuration(["rate": .number(0.5)]), target: 1)
      try history.begin(job)
      let reason = number < 7 ? "diverged" : "out of memory"
      try history.finish(
        Outcome(job: job.id, trial: job.trial, result: .failed(reason: reason)), measurements: [], at: 1)
    }
    #expect(
      try Self.page(history).rows(under: "Failures") == [
        ["6", "1, 2, 3, 4, 5, …", "diverged"], ["2", "7, 8", "out of memory"],
      ])
  }
}
