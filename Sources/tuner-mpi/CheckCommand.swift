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
      let data = try TrainingData(
        experiment.training.data, split: experiment.training.split, seed: experiment.seed)
      let plan = try experiment.makeScheduler().plan
      let unit = experiment.training.budgetUnit.rawValue
      print("\(experiment.study): in order")
      print("  data    \(data.count(of: .train)) train, \(data.count(of: .dev)) dev, \(data.count(of: .test)) test")
      print("  search  \(experiment.space.parameters.map(\.name).joined(separator: ", "))")
      if let outlook = try experiment.sampler.options.outlook(in: experiment.space) { print("  sampler \(outlook)") }
      print("  plan    \(plan.trials) trials, \(plan.jobs) jobs, \(plan.budget) \(unit); the longest trial \(plan.longestTrial) \(unit)")
      let useful = 1 + plan.concurrency * experiment.resources.ranksPerTrial
      print("  ranks   \(plan.concurrency) trials at once: up to \(useful) ranks have work")
    }
  }
}
