import Experiments
import Tuner

extension Study {
  /// What runs, of what the file says.
  init(_ experiment: Experiment) {
    self.init(
      name: experiment.study, seed: experiment.seed, objective: experiment.objective, space: experiment.space,
      sampler: experiment.sampler, scheduler: experiment.scheduler, trainee: experiment.trainee,
      ranksPerTrial: experiment.resources.ranksPerTrial,
      secondsBetweenMidJobCheckpoints: experiment.checkpoint.seconds, starting: experiment.starting,
      fidelity: experiment.fidelity, replicates: experiment.replicates,
      crossValidation: experiment.crossValidation,
      devSplit: experiment.devSplit)
  }
}
