import Glibc
import MPI
import RankTesting
import Search
import Testing
import Training
import Tuner

@Suite(.serialized) struct PopulationRankTests {
  /// Group sizes that these ranks allow.
  static func groupSizes(_ ranks: Int) -> [Int] { ranks >= 3 ? [1, 2] : [1] }

  @Test func `the journal is the same on any number of ranks and groups`() throws {
    try withRanks { ranks in
      for size in Self.groupSizes(ranks.size) {
        var study = TestStudy()
        study.ranksPerTrial = size
        let finished = try withRunDirectory(ranks) { ranks, directory in
          try study.run(on: ranks, in: directory)
        }
        guard let finished else { continue }
        study.ranksPerTrial = 1
        let reference = try withOwnDirectory { directory in try study.runLocally(on: ranks, in: directory) }
        #expect(finished.result.summary.ending == .finished)
        #expect(try finished.outcomes.count == study.population * study.generations)
        let (found, expected) = (try finished.records, try reference.records)
        #expect(found == expected, "groups of \(size)")
      }
    }
  }

  @Test func `a fork carries the parent's weights and its own hyperparameters`() throws {
    try withRanks { ranks in
      try withRunDirectory(ranks) { ranks, directory in
        let finished = try TestStudy().run(on: ranks, in: directory)
        guard let finished else { return }
        let jobs = try finished.jobs
        let forks = jobs.filter { if case .fork = $0.origin { true } else { false } }
        #expect(!forks.isEmpty)
        // Who began with the weights that a trial has, followed through all forks.
        var origins: [StateKey: Int] = [:]
        for (job, outcome) in zip(jobs, try finished.outcomes) {
          let origin = job.originState.map { origins[$0]! } ?? job.trial.rawValue
          origins[job.reachedState] = origin
          #expect(outcome.effective["learning_rate"] != nil)
          // Only the newest generation's files are certain to be there still.
          guard job.target == 8, let path = outcome.checkpoint else { continue }
          let checkpoint = try CheckpointFile.read("\(directory)/\(path)")
          let stamp = checkpoint.snapshot.blocks["buffers"]!.values
          #expect(stamp[0] == Float(origin), "\(job.trial) at \(job.target)")
          guard case .number(let planned) = job.configuration["learning_rate"] else { continue }
          #expect(stamp[1] == Float(planned))
          #expect(checkpoint.metadata.isComplete)
          #expect(checkpoint.metadata.job == job.id.rawValue)
        }
      }
    }
  }

  @Test func `a trainer that loses its hyperparameters fails its job, naming both values`() throws {
    try withRanks { ranks in
      try withRunDirectory(ranks) { ranks, directory in
        var study = TestStudy()
        study.faults.restoresLearningRate = true
        guard let finished = try study.run(on: ranks, in: directory) else { return }
        let failed = try zip(finished.jobs, finished.outcomes).filter { _, outcome in
          if case .failed = outcome.outcome.result { true } else { false }
        }
        #expect(!failed.isEmpty)
        for (job, outcome) in failed {
          guard case .failed(let reason) = outcome.outcome.result, case .fork = job.origin,
            case .number(let planned) = job.configuration["learning_rate"]
          else {
            Issue.record("\(job.id) failed, but it is no fork")
            continue
          }
          #expect(reason.hasPrefix("learning_rate: expected \(planned) in force, as planned, found "))
          #expect(reason.hasSuffix(" in the trainer"))
        }
      }
    }
  }

  @Test func `a trial that diverges is a failed job and the study goes on`() throws {
    try withRanks { ranks in
      try withRunDirectory(ranks) { ranks, directory in
        var study = TestStudy()
        study.faults.diverging = [1]
        guard let finished = try study.run(on: ranks, in: directory) else { return }
        let outcomes = try finished.outcomes
        #expect(finished.result.summary.ending == .finished)
        #expect(outcomes.count == study.population * study.generations)
        let reasons = outcomes.compactMap { outcome in
          if case .failed(let reason) = outcome.outcome.result {
            (outcome.outcome.trial, reason)
          } else {
            nil
          }
        }
        #expect(reasons.count == study.generations)
        #expect(reasons.allSatisfy { $0.0 == TrialID(1) })
        // It is replaced by a good one after each generation, and diverges again from there.
        #expect(
          reasons.map(\.1)
            == [0, 8, 16, 24].map { "diverged at step \($0): the loss is not finite" })
      }
    }
  }

  @Test func `states go from rank to rank without a file`() throws {
    try withRanks { ranks in
      try withRunDirectory(ranks) { ranks, directory in
        let finished = try TestStudy().run(
          on: ranks, in: directory,
          observe: { progress in
            // Whoever needs a file now fails the run.
            for case .outcome(let outcome) in progress.records {
              if let path = outcome.checkpoint { remove("\(directory)/\(path)") }
            }
          })
        guard let finished else { return }
        #expect(finished.result.summary.ending == .finished)
        for outcome in try finished.outcomes {
          guard case .reached = outcome.outcome.result else {
            Issue.record("\(outcome.outcome.job) needed a file: \(outcome.outcome.result)")
            continue
          }
        }
      }
    }
  }
}
