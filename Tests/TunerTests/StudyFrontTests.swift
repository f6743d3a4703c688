import Search
import Testing

@testable import Tuner

/// What nothing dominates, and what keeping it costs.
@Suite struct StudyFrontTests {
  private static func job(_ number: Int, of trial: Int? = nil) -> Job {
    Job(
      id: JobID(number), trial: TrialID(trial ?? number), origin: .fresh, configuration: Configuration(),
      target: 1)
  }

  private static func found(_ job: Job, _ costs: [Double]) -> Controller.Best {
    Controller.Best(reached: job, ranked: job.trial, costs: CostVector(costs), checkpoint: "\(job.id.rawValue).h5")
  }

  @Test func `the change says who joined and who left, and the members are in order`() {
    var front = StudyFront()
    #expect(front.insert(Self.found(Self.job(0), [2, 2])).joined == Self.job(0).reachedState)
    #expect(front.insert(Self.found(Self.job(1), [1, 3])).left == [])
    #expect(front.insert(Self.found(Self.job(2), [2, 2])) == StudyFront.Change(), "an equal one came before")
    #expect(front.insert(Self.found(Self.job(3), [3, 3])) == StudyFront.Change())
    let better = front.insert(Self.found(Self.job(4), [1.5, 1]))
    #expect(better.left == [Self.job(0).reachedState])
    #expect(front.members.map(\.reached.trial.rawValue) == [1, 4])
    // The same trial at the same budget again, dominated this time.
    let again = front.insert(Self.found(Self.job(5, of: 1), [5, 5]))
    #expect(again == StudyFront.Change(joined: nil, left: [Self.job(1).reachedState]))
  }

  @Test func `an outcome changes a few states' standing, however long the front is`() {
    var front = StudyFront()
    var retention = Retention()
    let outcomes = 2000
    for number in 0..<outcomes {
      let job = Self.job(number)
      retention.issued(job)
      // Nothing dominates anything, and each is the best by the first objective.
      let change = front.insert(Self.found(job, [Double(-number), Double(number)]))
      let before = retention.updates
      retention.answered(job, reached: ("\(number).h5", Double(-number)), contenders: [job.reachedState], front: change)
      retention.settled([job.trial])
      retention.abandoned(job.trial)
      #expect(retention.updates - before <= 6)
    }
    #expect(front.members.count == outcomes)
    #expect(retention.keptCheckpoints.count == outcomes)
    // One that dominates all: they leave, once each.
    let last = Self.job(outcomes)
    let change = front.insert(Self.found(last, [-1e6, -1e6]))
    retention.answered(last, reached: ("last.h5", -1e6), contenders: [last.reachedState], front: change)
    #expect(retention.keptCheckpoints == ["last.h5"])
    #expect(retention.updates <= 7 * outcomes + 10)
  }
}
