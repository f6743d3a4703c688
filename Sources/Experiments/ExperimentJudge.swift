import Search
import Training

/// Judges what makes sense key by key, but not together. Whatever depends on something that is wrong is left
/// out: it would be judged by a value that nobody wrote, and one mistake would be told many times.
struct ExperimentJudge {
  let root: Section
  let findings: Findings
  let space: SpaceReader.Reading
  let spaceSection: Section
  let search: Section

  func judge(_ experiment: inout Experiment, _ fidelity: FidelityReader.Reading?) {
    let complete = judgeScheduler(of: &experiment, fidelity)
    judgeSampler(of: experiment)
    for parameter in space.space.parameters {
      let problem = SpaceCheck.ownProblem(of: parameter, for: experiment.trainee.description)
      if let problem { report(problem) }
    }
    if space.unsound.isEmpty,
      areSound("search.first", "search.baseline", "search.space", "search.constraints", "training", "model")
    {
      StartingReader(search: search).complete(&experiment)
    }
    let parts = ["data", "model", "training", "resources", "search.space", "search.constraints"]
    if parts.allSatisfy(findings.isSound), space.unsound.isEmpty, complete != nil || fidelity == nil {
      judgeTraining(of: experiment, complete, fidelity)
    } else {
      judgeTrainingByParts(of: experiment)
    }
  }

  private func areSound(_ paths: String...) -> Bool { paths.allSatisfy(findings.isSound) }

  /// Makes the scheduler, and what of training follows from it.
  private func judgeScheduler(
    of experiment: inout Experiment, _ fidelity: FidelityReader.Reading?
  ) -> CompleteFidelity? {
    guard space.unsound.isEmpty,
      areSound("search.space", "search.scheduler", "search.replicates", "search.fidelity")
    else { return nil }
    do {
      try experiment.scheduler.validate(for: experiment.trainee.description)
      let plan = try experiment.makeScheduler().plan
      let complete = try fidelity?.complete(experiment, rungs: experiment.scheduler.rungs())
      experiment.fidelity = complete?.fidelity
      let space = experiment.space
      experiment.trainee = experiment.trainee.completed(
        trainingFor: experiment.fidelity?.length ?? plan.fullBudget
      ) { name, value in
        space.parameters.contains { $0.name == name && $0.domain.contains(ParameterValue(value)) }
      }
      return complete
    } catch {
      report(about: "search.\(error.subject)", error.expected, error.found, error.remedy)
      return nil
    }
  }

  private func judgeSampler(of experiment: Experiment) {
    guard space.unsound.isEmpty,
      areSound("search.space", "search.constraints", "search.sampler", "search.scheduler.kind"),
      findings.isSound(root.contains("objectives") ? "objectives" : "objective"), findings.isSound("limits")
    else { return }
    do throws(SearchError) {
      try experiment.sampler.validate(for: experiment.objective, in: experiment.space)
    } catch {
      report(about: "search.\(error.subject)", error.expected, error.found, error.remedy)
    }
  }

  /// All that can be proposed, in the training that the file describes.
  private func judgeTraining(
    of experiment: Experiment, _ complete: CompleteFidelity?, _ fidelity: FidelityReader.Reading?
  ) {
    var searched = experiment.space
    if let complete { searched.parameters.insert(complete.parameter, at: 0) }
    let starting = experiment.starting
    let check = SpaceCheck(
      experiment.trainee, ranksPerTrial: experiment.resources.ranksPerTrial, space: searched,
      starting: (starting?.first ?? []) + (starting?.baseline.map { [$0] } ?? []))
    let own = experiment.trainee.validate(ranksPerTrial: experiment.resources.ranksPerTrial)
    // A value that is searched is ignored in `training` or `model`; it is named where somebody wrote it.
    for problem in own
    where check.lasting.contains(problem)
      || searched.parameters.contains(where: { $0.name == problem.subject })
        && findings.question(about: problem.subject)?.isAnswered ?? false
    {
      report(problem)
    }
    for problem in check.problems() {
      if let fidelity, problem.parameter == complete?.parameter.name {
        fidelity.section.report(
          nil, expected: problem.expected, found: problem.found, remedy: problem.remedy)
      } else {
        report(problem)
      }
    }
  }

  /// Of training what can be judged although something else could not be read.
  private func judgeTrainingByParts(of experiment: Experiment) {
    for problem in experiment.trainee.validate(ranksPerTrial: experiment.resources.ranksPerTrial)
    where !spaceSection.contains(problem.subject)
      && sections(of: problem.subject).allSatisfy(findings.isSound)
    {
      report(problem)
    }
  }

  /// The parts of the file that a problem with `subject` may come from.
  private func sections(of subject: String) -> [String] {
    switch subject {
    case "batch_size": return ["training", "resources"]
    case "model": return ["model", "data"]
    case "warmup": return ["training", "search.scheduler", "search.fidelity"]
    default:
      guard let path = findings.question(about: subject)?.path else { return ["model", "training", "data"] }
      return [path.split(separator: ".").prefix(1).joined()]
    }
  }
}

// Where a problem is told.
extension ExperimentJudge {
  private func report(_ problem: SpaceCheck.Problem) {
    spaceSection.report(
      problem.parameter, expected: problem.expected, found: problem.found, remedy: problem.remedy)
  }

  private func report(_ problem: TrainingError) {
    let (expected, found, remedy) = problem.parts
    report(about: problem.subject, expected, found, remedy)
  }

  /// Reports at the key that a room below named by its last words.
  private func report(about subject: String, _ expected: String, _ found: String, _ remedy: String) {
    let question = subject.isEmpty ? nil : findings.question(about: subject)
    findings.report(
      question?.location ?? root.location, question?.path ?? subject, expected: expected, found: found,
      remedy: remedy)
  }
}
