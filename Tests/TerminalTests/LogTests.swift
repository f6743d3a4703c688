import Search
import Testing
import Tuner

@testable import tuner_mpi

@Suite struct LogTests {
  private static func configuration(_ values: [String: Double]) -> Configuration {
    Configuration(values.mapValues { .number($0) })
  }

  private static func exploit(
    _ old: [String: Double], _ planned: [String: Double], _ effective: [String: Double]? = nil,
    columns: Int = 90, _ glyphs: Glyphs = .unicode
  ) -> String? {
    let job = Job(
      id: JobID(9), trial: TrialID(1), origin: .fork(of: TrialID(0), at: 10),
      configuration: configuration(planned), target: 15)
    return JobRecord(job: job, previous: configuration(old))
      .exploit(effective: configuration(effective ?? planned), unit: "epochs", glyphs, columns: columns)
  }

  @Test func `an exploit is one line of what changed`() {
    let old = ["learning_rate": 0.018, "dropout": 0.12, "batch_size": 64]
    let new = ["learning_rate": 0.0124, "dropout": 0.44, "batch_size": 64]
    #expect(Self.exploit(old, new) == "t1 ← t0 at 10 epochs  dropout .12→.44  learning_rate .018→.0124")
    #expect(
      Self.exploit(old, new, columns: 43, .ascii) == "t1 <- t0 at 10 epochs  dropout .12->.44  +1")
    #expect(Self.exploit(old, old) == "t1 ← t0 at 10 epochs  as it is")
  }

  @Test func `what was planned is said where it is not in force`() {
    #expect(
      Self.exploit(["x": 1], ["x": 2], ["x": 1.5]) == "t1 ← t0 at 10 epochs  x 1→1.5 (planned 2)")
    #expect(Self.exploit(["x": 1], ["x": 2], [:]) == "t1 ← t0 at 10 epochs  x 1→none (planned 2)")
    #expect(
      Self.exploit(["x": 0.1], ["x": 0.10001]) == "t1 ← t0 at 10 epochs  x .1→.10001", "told apart")
  }

  @Test(arguments: [
    (0.018, ".018"), (-0.5, "-.5"), (64, "64"), (0.00001, "1e-5"), (12345, "1.23e4"), (0, "0"), (1.5, "1.5"),
  ]) func `numbers are short`(number: Double, text: String) { #expect(shortText(number) == text) }

  @Test(arguments: [
    (0.95, "0.9500"), (0, "0.0000"), (1e-6, "1e-06"), (123456.7, "1.2346e+05"), (-2.5, "-2.5000"),
  ])
  func `scores say something at any size`(score: Double, text: String) { #expect(scoreText(score) == text) }

  @Test func `a message is broken between words and ends after four lines`() {
    let log = LogText(clock: { _ in "16:05:12" })
    let words = Array(repeating: "seventeen letters", count: 9).joined(separator: " ")
    let text = log.lines("failed: \(words)", at: 0).map(\.text)
    #expect(text.count == 2)
    #expect(text[0].hasPrefix("16:05:12  failed: seventeen letters"))
    #expect(text[1].hasPrefix("          ") && text[0].count <= 100)
    #expect("\(text[0].dropFirst(10)) \(text[1].dropFirst(10))" == "failed: \(words)")
    #expect(log.lines("a  b", at: 0).map(\.text) == ["16:05:12  a  b"])
    let long = log.lines(String(repeating: "x", count: 5000), at: 0)
    #expect(long.count == 4 && long.allSatisfy { $0.width <= 100 })
    #expect(long[3].text.hasSuffix("x…"))
  }

  @Test func `a run begins, finds, copies, fails and saves in lines of a log`() throws {
    var sample = try SampleView.population()
    var events = StudyEvents(glyphs: .unicode, columns: 90)
    var said: [String] = []
    func take(_ record: Record) throws {
      said += try events.take(record, at: 30, into: &sample.view).map(\.text)
    }
    let fork = SampleView.job(10, 2, .fork(of: TrialID(7), at: 5), to: 10)
    try take(.session(.started(program: "1.0")))
    try take(.job(JobRecord(job: fork, previous: Self.configuration(["x": 1]))))
    try take(.outcome(SampleView.outcome(fork, 0.96)))
    let failing = SampleView.job(11, 3, .resume(from: 5), to: 10)
    try take(.job(JobRecord(job: failing, previous: nil)))
    try take(.outcome(SampleView.outcome(failing, nil)))
    try take(.population(PopulationRecord(generation: 1, members: [])))
    try take(.session(.stopRequested(.signal("SIGINT"))))
    try take(.session(.stopped(.signal("SIGINT"))))
    #expect(
      said == [
        "digits-pbt resumed: 8 of 8 trials, best 0.9500", "t2 ← t7 at 5 epochs  as it is",
        "best dev_accuracy 0.9600  trial 2 at 10 epochs",
        "failed: trial 3 before 10 epochs: diverged at step 2", "generation 2", "saving: SIGINT received",
        "saved, unfinished: SIGINT received",
      ])
  }

  @Test func `the summary folds what is long and leaves commands whole`() {
    let long = String(repeating: "word ", count: 40)
    #expect(RunOutcome.folded("  schedule   " + long).count > 1)
    #expect(RunOutcome.folded("  schedule   " + long).allSatisfy { $0.count <= 100 })
    #expect(RunOutcome.folded("  extend     " + long) == ["  extend     " + long])
  }

  @Test func `a letter that is wider than a line has one of its own`() {
    let family = Array(repeating: "👩", count: 12).joined(separator: "\u{200D}")
    #expect(LogText.broken("a \(family) b", columns: 20).joined(separator: " ").contains("b"))
  }
}
