import Reports
import Search
import Testing

struct TrialsCSVTests {
  @Test func `a row is a job, in the order of jobs, with all digits`() throws {
    var history = History(
      study: "small", objective: Objective(metric: "dev_accuracy", goal: .maximize),
      space: SearchSpace([
        Parameter(name: "learning_rate", domain: .float(low: 1e-5, high: 1, scale: .log)),
        Parameter(name: "optimizer", domain: .categorical([.text("sgd"), .text("lamb")])),
      ]), budgetUnit: "steps")
    let first = Configuration(["learning_rate": .number(0.1), "optimizer": .text("sgd")])
    let second = Configuration(["learning_rate": .number(0.000_123_456_789), "optimizer": .text("lamb")])
    let jobs = [
      Job(id: JobID(0), trial: TrialID(0), origin: .fresh, configuration: first, target: 100),
      Job(id: JobID(1), trial: TrialID(1), origin: .fresh, configuration: second, target: 100),
      Job(id: JobID(2), trial: TrialID(0), origin: .resume(from: 100), configuration: first, target: 200),
      Job(
        id: JobID(3), trial: TrialID(1), origin: .fork(of: TrialID(0), at: 100), configuration: second,
        target: 200),
    ]
    try history.begin(jobs[0])
    try history.begin(jobs[1])
    try history.finish(
      Outcome(job: JobID(0), trial: TrialID(0), result: .reached(cost: -0.75)),
      measurements: [
        TrialHistory.Measurement(budget: 50, metrics: ["dev_accuracy": 0.5]),
        TrialHistory.Measurement(budget: 100, metrics: ["dev_accuracy": 0.75, "train_loss": 0.1 + 0.2]),
      ], at: 1.5)
    try history.finish(
      Outcome(job: JobID(1), trial: TrialID(1), result: .failed(reason: "loss is nan,\nat \"step 3\"")),
      measurements: [], at: 2)
    try history.begin(jobs[2])
    try history.begin(jobs[3])
    let header =
      "trial,job,origin,parent,from_budget,to_budget,outcome,reason,score,finished_at_seconds,"
      + "metric.dev_accuracy,metric.train_loss,parameter.learning_rate,parameter.optimizer\r\n"
    #expect(
      Report.csv(history) == header
        + "0,0,fresh,,0,100,reached,,0.75,1.5,0.75,0.30000000000000004,0.1,sgd\r\n"
        + "1,1,fresh,,0,100,failed,\"loss is nan,\nat \"\"step 3\"\"\",,2.0,,,0.000123456789,lamb\r\n"
        + "0,2,resume,,100,200,unfinished,,,,,,0.1,sgd\r\n"
        + "1,3,fork,0,100,200,unfinished,,,,,,0.000123456789,lamb\r\n")
  }

  @Test func `a study without jobs is a header`() {
    let lines = Report.csv(SampleStudy.empty).split(separator: "\r\n")
    #expect(lines.count == 1)
    #expect(lines[0].hasSuffix("parameter.schedule,parameter.decay_rate"))
  }

  @Test func `the summary tells the schedule that made the best`() throws {
    let history = try SampleStudy.population()
    let best = try #require(history.best)
    let lines = Report.summary(history, state: .unfinished).split(separator: "\n")
    #expect(lines[0].hasPrefix("digits-pbt is unfinished: 12 trials, "))
    #expect(lines[0].contains("\(history.counts.forks) forks"))
    #expect(lines[1].hasPrefix("Best dev_accuracy 0."))
    #expect(lines.count == 2 + history.schedule(of: best.trial, at: best.budget).count)
    #expect(
      Report.summary(SampleStudy.empty, state: .unfinished)
        == "nothing-yet is unfinished: 0 trials; 0 epochs trained.\nNo trial has begun.\n")
  }
}
