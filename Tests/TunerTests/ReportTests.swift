import Search
import Testing
import Tuner

/// What the controller makes of a report.
@Suite struct ReportTests {
  private typealias Script = ControllerTests

  /// The outcome of a first job with this report, which is made from a good one.
  private static func outcome(_ change: (inout JobReport) -> Void) throws -> OutcomeRecord? {
    var (controller, _) = try Script.start()
    _ = try controller.handle(.groupReady(Script.group(0)))
    var report = Script.report(Script.job(0, 0), on: 0)
    change(&report)
    for case .append(.outcome(let record)) in try controller.handle(.reported(report)) { return record }
    return nil
  }

  private static func message(_ change: (inout JobReport) -> Void) -> String? {
    let error = #expect(throws: TunerError.self) { _ = try outcome(change) }
    return error?.description
  }

  @Test func `a report without the objective is refused`() {
    let message = Self.message {
      $0.measurements = [.init(budget: 1, metrics: ["train_loss": 1, "dev_loss": 2])]
    }
    #expect(
      message == """
        job 0 of trial 0: expected the objective dev_accuracy, measured at 1, found dev_loss, train_loss at 1. \
        Choose an objective that this model measures.
        """)
  }

  @Test func `a report without any measurement is refused`() {
    let message = Self.message { $0.measurements = [] }
    #expect(message?.contains("found no measurement") == true)
  }

  @Test func `a hyperparameter that is not in force is an error`() {
    let message = Self.message { $0.effective = Configuration(["x": .number(0.6)]) }
    #expect(
      message == """
        x of trial 0 in job 0: expected 0.5, as planned, found 0.6 in force in the trainer. \
        Report this as a bug: the trainer lost a hyperparameter.
        """)
  }

  @Test func `a hyperparameter in force to the rounding of 32 bits is in force`() throws {
    let outcome = try Self.outcome { $0.effective = Configuration(["x": .number(Double(Float(0.5) + 2e-8))]) }
    #expect(outcome?.outcome.result == .reached(cost: -0.5))
  }

  @Test func `a metric that is not finite is a failed trial without a checkpoint`() throws {
    let outcome = try #require(
      try Self.outcome { $0.measurements[0].metrics["train_loss"] = .infinity })
    #expect(outcome.outcome.result == .failed(reason: "train_loss is not finite at 1"))
    #expect(outcome.checkpoint == nil)
    #expect(outcome.measurements == [.init(budget: 1, metrics: ["dev_accuracy": 0.5])])
  }

  @Test func `a failed trial is data`() throws {
    let outcome = try Self.outcome { report in
      report.result = .failed(reason: "diverged at step 3: the loss is not finite")
      report.measurements = []
    }
    #expect(outcome?.outcome.result == .failed(reason: "diverged at step 3: the loss is not finite"))
  }

  @Test func `a report of a job that the group was not given is refused`() {
    let message = Self.message { $0.job = JobID(1) }
    #expect(
      message == """
        a report of group 0: expected job 0 of trial 0, which it was given, found job 1 of trial 0. \
        Report this as a bug.
        """)
  }
}
