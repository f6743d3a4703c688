import ArgumentParser
import Experiments
import Search
import Training
import Tuner

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Finds everything that is wrong with an experiment before it waits in a queue.",
    discussion: "Reads the data too. Needs no MPI and no GPU: run it on the login node.")

  @OptionGroup var experiment: ExperimentArgument

  @Option(help: "How many ranks you will start, the controller included: checks that they are enough.")
  var ranks: Int?

  func run() throws {
    try reporting {
      let experiment = try experiment.load()
      if let ranks { _ = try RankLayout(worldSize: ranks, ranksPerTrial: experiment.resources.ranksPerTrial) }
      let whole = try TrainingData(
        experiment.training.data, split: experiment.training.split, seed: experiment.seed)
      let plan = try experiment.makeScheduler().plan
      var study = Study(experiment)
      try study.validate(with: whole)
      let data = try study.data(whole, for: TrialID(0))
      let earlier = try study.readEarlierStudies(recordedIn: nil)
      let unit = study.budgetName
      // With a fidelity every job begins with new weights.
      let budget = study.fidelity == nil ? plan.budget : plan.budgetAnew
      print("\(experiment.study): in order")
      print(
        "  data    \(data.count(of: .train)) train, \(data.count(of: .dev)) dev, \(data.count(of: .test)) test"
      )
      print("  search  \(experiment.space.parameters.map(\.name).joined(separator: ", "))")
      if let outlook = try experiment.sampler.options.outlook(in: experiment.space) {
        print("  sampler \(outlook)")
      }
      for line in earlier { print("  earlier \(line)") }
      print(
        "  plan    \(plan.trials) trials, \(plan.jobs) jobs, \(budget) \(unit); the longest trial \(plan.longestTrial) \(unit)"
      )
      let replicates = study.replication.count
      if replicates > 1 {
        let name = study.replicateName
        print("  \(name)   \(replicates) trials for each configuration, with \(name) of their own; the mean counts")
      }
      if let fidelity = study.fidelity { print("  fidelity \(try outlook(of: fidelity, in: study))") }
      let useful = 1 + plan.concurrency * experiment.resources.ranksPerTrial
      print("  ranks   \(plan.concurrency) trials at once: up to \(useful) ranks have work")
    }
  }

  /// `data_share 0.1 at 1, 0.3162 at 3, 1 at 9; every job trains 9 epochs from new weights`.
  private func outlook(of fidelity: Fidelity, in study: Study) throws -> String {
    let values = try study.scheduler.rungs().map { budget in
      "\(Configuration([fidelity.name: fidelity.value(at: budget)]).text) at \(budget)"
    }
    return values.joined(separator: ", ")
      + "; every job trains for \(fidelity.length) \(study.budgetUnit.rawValue), from new weights"
  }
}
