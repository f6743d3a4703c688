import Experiments
import Search
import Training
import Tuner

/// A study that was made as a run makes it, up to its first trial: what `check` reports.
struct CheckedStudy {
  let study: Study
  /// Not yet divided into folds; nil for somebody else's code, which has its own.
  let data: TrainingData?
  let plan: SchedulePlan
  /// A line for each earlier study that it learns from.
  let earlier: [String]

  /// - Throws: what `run` would say of the experiment, in its order.
  init(_ experiment: Experiment) throws {
    var study = Study(experiment)
    earlier = try study.readEarlierStudies(recordedIn: nil)
    switch study.trainee {
    case .builtIn(let training):
      let data = try TrainingData(training.data, split: training.split, seed: study.seed)
      try StudyProblems.refuse(study.problems(with: data))
      self.data = data
    case .command: data = nil
    case .plugin:
      // What only this machine lacks, `check` says as such.
      do throws(TrainingError) { try study.trainee.checkPlace() } catch .place {}
      data = nil
    }
    plan = try Controller(study, after: nil).plan
    self.study = study
  }
}
