import Foundation
import Randomness
import Search
import Testing

/// Workers on a virtual clock, with durations that are log-normal: a few jobs take many times as long as
/// most.
@Suite struct UtilizationTests {
  private static let asynchronous: [(SchedulerConfiguration, String)] = [
    (.full(FullRunOptions(trials: 4_000, budget: 4)), "full"),
    (.asha(ASHAOptions(trials: 4_000, maximumBudget: 64)), "asha"),
    (.asha(ASHAOptions(trials: 4_000, maximumBudget: 64, variant: .stopping)), "stopping"),
    (.freezeThaw(FreezeThawOptions(runs: 300, maximumBudget: 64)), "freeze-thaw"),
    (.hyperband(HyperbandOptions(maximumBudget: 27, iterations: 60, decisions: .asynchronous)), "hyperband"),
    (.dehb(DEHBOptions(maximumBudget: 27, iterations: 60)), "dehb"),
    (.median(MedianStoppingOptions(trials: 2_000, maximumBudget: 8)), "median"),
  ]

  /// While there are trials to begin, no worker of an asynchronous study ever waits.
  @Test(arguments: asynchronous)
  func `an asynchronous scheduler has work for every worker until its last trial has begun`(
    _ configuration: SchedulerConfiguration, _ name: String
  ) throws {
    for workers in [64, 1_024] {
      var clock = VirtualClock(try VirtualStudy.scheduler(configuration), workers: workers, seed: 3)
      try clock.run()
      #expect(clock.utilizationUntilLastTrial >= 0.98, "\(workers) workers")
    }
  }
}

/// The least event first; equal times by job.
private struct VirtualClock {
  var scheduler: any Scheduler
  let workers: Int
  let seed: UInt64
  private var now = 0.0
  private var atWork: [(end: Double, job: Job)] = []
  private var idleTime = 0.0
  private(set) var utilizationUntilLastTrial = 1.0

  init(_ scheduler: any Scheduler, workers: Int, seed: UInt64) {
    self.scheduler = scheduler
    self.workers = workers
    self.seed = seed
  }

  mutating func run() throws {
    while true {
      while atWork.count < workers {
        guard let job = try scheduler.nextJob(proposing: { VirtualStudy.randomProposals($0, 1) }) else {
          break
        }
        insert(job)
        if job.origin == .fresh, now > 0 {
          utilizationUntilLastTrial = 1 - idleTime / (now * Double(workers))
        }
      }
      guard let next = atWork.popLast() else { return }
      idleTime += Double(workers - atWork.count - 1) * (next.end - now)
      now = next.end
      var random = CounterGenerator(seed: seed, purpose: .simulation, index: next.job.id.rawValue + 1_000_000)
      try scheduler.observe(
        Outcome(job: next.job.id, trial: next.job.trial, result: .reached(cost: random.nextUniform())))
    }
  }

  /// Sorted by falling end, so that the next one is the last element.
  private mutating func insert(_ job: Job) {
    var random = CounterGenerator(seed: seed, purpose: .simulation, index: job.id.rawValue)
    let end = now + Double(job.work) * random.nextLogNormal()
    var (low, high) = (0, atWork.count)
    while low < high {
      let middle = (low + high) / 2
      if atWork[middle].end > end { low = middle + 1 } else { high = middle }
    }
    atWork.insert((end, job), at: low)
  }
}

extension CounterGenerator {
  /// exp(N(0, 1)), by Box and Muller's transform.
  mutating func nextLogNormal() -> Double {
    let (radius, angle) = (1 - nextUniform(), nextUniform())
    return exp((-2 * log(radius)).squareRoot() * cos(2 * .pi * angle))
  }
}
