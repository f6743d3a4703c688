import AskTell
import Experiments
import Search
import Tuner

extension AskTellExperiment {
  /// The study of an experiment file, for a client that trains its trials. Says on standard error which
  /// earlier studies it learns from, and what of the objective its sampler does not heed.
  init(at path: String, settings: [String]) throws {
    let experiment = try Experiment(path: path, settings: settings, trainedBy: .client)
    guard experiment.replicates == 1 else {
      throw TunerError(
        .usage, subject: "search.replicates", expected: "1, because whoever trains a trial repeats it",
        found: "\(experiment.replicates)",
        remedy: "Write --set search.replicates=1, and tell the mean of several trainings.")
    }
    var study = Study(experiment)
    for line in try study.readEarlierStudies(recordedIn: nil) { printError("tuner-mpi: earlier \(line)") }
    if let blindness = study.sampler.blindness(for: study.objective) {
      printError("tuner-mpi: warning: \(blindness)")
    }
    let trainee = study.trainee.description
    self.init(
      seed: study.seed, objective: study.objective, space: study.space,
      starting: study.starting ?? StartingConfigurations(), sampler: study.sampler,
      scheduler: study.scheduler, fidelity: study.fidelity, mutable: trainee.liveNames,
      isResumable: trainee.isResumable)
  }
}

/// Reads earlier studies for an `init` that names them.
@Sendable
func readStudies(
  at paths: [String], for objective: Objective, in space: SearchSpace
) throws(SearchError) -> [PriorStudy] {
  var studies: [PriorStudy] = []
  for path in paths {
    do throws(TunerError) {
      studies.append(try PriorStudy(at: path, for: objective, in: space, asked: "transfer"))
    } catch {
      throw SearchError(
        subject: error.subject, expected: error.expected, found: error.found, remedy: error.remedy)
    }
  }
  return studies
}
