import Experiments
import Foundation
import Randomness
import Search
import Synchronization
import Training
import Tuner

@testable import tuner_mpi

/// A run whose trainee does nothing but what every trainee does first: it takes its configuration and its
/// share of the data, or refuses.
struct StudyOfNothing {
  /// Bounds of one run: an accepted study may be of any size.
  static let (mostJobs, mostSeconds) = (14, 1.0)

  let study: Study
  /// Nil for a program.
  let data: TrainingData?

  /// - Returns: what refused, in words; nil when everything ran.
  func run() -> String? {
    do {
      let controller = try Controller(study, after: nil)
      let plan = controller.plan
      // A synchronous scheduler issues at once all that it can.
      if plan.concurrency > 200 { return try proposals() }
      return try run(controller)
    } catch {
      return "\(error)"
    }
  }

  private func run(_ controller: Controller) throws -> String? {
    var controller = controller
    let refusals = Mutex<[String]>([])
    let draws = Mutex(CounterGenerator(seed: 1, purpose: .simulation))
    let nothing = self
    let metrics = study.objective.metrics.dropFirst()
    let training = VirtualTraining(
      seconds: { _, _, _ in 1 },
      cost: { job, _ in
        if let refusal = nothing.refusal(of: job) { refusals.withLock { $0.append(refusal) } }
        return draws.withLock { $0.nextUniform() }
      },
      furtherMetrics: { job in
        Dictionary(uniqueKeysWithValues: metrics.map { ($0, Double(job.id.rawValue % 7)) })
      })
    var cluster = SimulatedCluster(study, groups: 3, training: training)
    var journal = try Journal(inMemoryAfter: [])
    let start = ContinuousClock.now
    var answered = 0
    _ = try Tuner.run(
      &controller, on: &cluster, recording: &journal,
      RunOptions(
        program: "test",
        stopRequest: {
          answered > Self.mostJobs || start.duration(to: .now) > .seconds(Self.mostSeconds)
            ? .signal("the test") : nil
        },
        observe: { answered = $0.jobsAnswered }))
    return refusals.withLock { $0.first }
  }

  /// The first jobs alone, none of which is answered.
  private func proposals() throws -> String? {
    var scheduler = try study.scheduler.makeScheduler(
      space: study.space, seed: study.seed, mutable: study.trainee.description.liveNames,
      replicates: study.replication, trainsAnew: study.fidelity != nil)
    var sampler = study.sampler.makeSampler()
    var source = JobSource(
      space: study.space, seed: study.seed, starting: study.starting ?? StartingConfigurations())
    var evidence = Evidence()
    evidence.fullBudget = scheduler.plan.fullBudget
    for _ in 0..<Self.mostJobs {
      guard let job = try source.nextJob(of: &scheduler, asking: &sampler, given: evidence) else { break }
      if let refusal = refusal(of: job) { return refusal }
    }
    return nil
  }

  private func refusal(of job: Job) -> String? {
    do throws(TrainingError) {
      let trainee = try study.trainee(for: job.configuration, at: job.target)
      guard let training = trainee.training, let data else {
        if let problem = trainee.validate(ranksPerTrial: study.ranksPerTrial).first { throw problem }
        return nil
      }
      if let problem = training.validate(ranksPerTrial: study.ranksPerTrial).first { throw problem }
      let own = try study.data(data, for: job.trial).prepared(for: training, seed: study.seed)
      if training.batchSize > own.count(of: .train) {
        return "batch \(training.batchSize) of \(job.configuration)"
      }
      if case .samples(let shape, _, _) = own.form, shape.count != 3,
        training.model.shape.objection(to: [1]) != nil
      {
        return "a convolutional network of \(shape)"
      }
      return nil
    } catch {
      return "\(job.configuration.text): \(error)"
    }
  }
}
