import Foundation
import Search
import Testing

@testable import Tuner

/// A study with two objectives and a limit, from its outcomes to its front.
@Suite struct SeveralObjectivesTests {
  static var study: Study {
    var study = Study.test(seed: 3, name: "trade")
    study.objective = Objective(
      metric: "dev_accuracy", goal: .maximize, further: [.init(metric: "latency_ms", goal: .minimize)],
      limits: [MetricLimit(metric: "parameters", atMost: 8)])
    return study
  }

  /// Accuracy and latency both rise with x, and so do parameters.
  static var training: VirtualTraining {
    VirtualTraining(
      seconds: { _, _, random in 1 + random.nextUniform() },
      cost: { job, _ in -x(job) / 10 },
      furtherMetrics: { ["latency_ms": x($0) + 1, "parameters": x($0)] })
  }

  static func x(_ job: Job) -> Double {
    if case .number(let x) = job.configuration["x"] { x } else { .nan }
  }

  static func simulation() throws -> Simulation {
    Simulation(
      study: study,
      scheduler: try SchedulerConfiguration.asha(ASHAOptions(trials: 24, maximumBudget: 4, reduction: 2))
        .makeScheduler(space: study.space, seed: 3, mutable: []),
      sampler: SamplerConfiguration.nsga2(NSGA2Options(population: 6)).makeSampler(), training: training)
  }

  @Test func `the front of the summary is that of the history, and its checkpoints are kept`() throws {
    let remains = try Self.simulation().run()
    let summary = try #require(remains.result).summary
    let front = try #require(summary.front)
    let contents = try JournalContents(bytes: remains.journal, path: "journal.jsonl")
    let history = try History(contents)
    #expect(Set(front.map(\.trial)) == Set(history.paretoFront.map(\.trial)))
    #expect(front.count > 1)
    #expect(front.allSatisfy { $0.scores["latency_ms"].map { $0 <= 9 } ?? false }, "parameters at most 8")
    #expect(remains.checkpoints.isSuperset(of: front.map(\.checkpoint)))
    let shares = history.hypervolumes.map(\.share)
    #expect(shares == shares.sorted() && shares.last.map { $0 > 0 && $0 < 1 } ?? false)
  }

  @Test func `a study with one objective is written as it always was`() throws {
    let outcome = Outcome(job: JobID(1), trial: TrialID(0), result: .reached(cost: 0.5))
    let text = String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self)
    #expect(!text.contains("furtherCosts") && !text.contains("violation"))
    let objective = Objective(metric: "dev_loss", goal: .minimize)
    let written = String(decoding: try JSONEncoder().encode(objective), as: UTF8.self)
    #expect(!written.contains("further") && !written.contains("limits"))
    let old = #"{"metric":"dev_loss","goal":"minimize"}"#
    #expect(try JSONDecoder().decode(Objective.self, from: Data(old.utf8)) == objective)
  }

  @Test func `several objectives survive the journal`() throws {
    let objective = Self.study.objective
    #expect(try JSONDecoder().decode(Objective.self, from: JSONEncoder().encode(objective)) == objective)
    let outcome = Outcome(
      job: JobID(1), trial: TrialID(0), result: .reached(cost: 0.5), furtherCosts: [2], violation: 0.25)
    #expect(try JSONDecoder().decode(Outcome.self, from: JSONEncoder().encode(outcome)) == outcome)
  }

  @Test func `limits are shares of their bounds`() {
    let limit = MetricLimit(metric: "latency_ms", atLeast: 1, atMost: 5)
    #expect(limit.violation(of: 3) == 0 && limit.violation(of: 10) == 1 && limit.violation(of: 0.5) == 0.5)
    #expect(limit.text == "latency_ms at least 1.0 and at most 5.0")
  }
}
