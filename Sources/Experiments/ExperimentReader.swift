import Foundation
import Search
import Training
import Yams

extension Experiment {
  /// Reads an experiment file.
  ///
  /// - Parameters:
  ///   - text: the YAML.
  ///   - file: the name that errors give it.
  ///   - settings: values that replace the file's, such as `search.scheduler.generations=24`.
  /// - Throws: `ExperimentError` with every problem that was found, each with its line and remedy.
  public init(yaml text: String, file: String, settings: [String] = []) throws(ExperimentError) {
    let findings = Findings()
    let document = try Setting.apply(settings, to: parse(text, file: file))
    let root = Section(root: document, file: file, findings: findings)
    let experiment = ExperimentReader(root: root, findings: findings).read()
    guard findings.problems.isEmpty else {
      throw ExperimentError(findings.problems.sorted { $0.location < $1.location })
    }
    self = experiment
  }

  /// Reads the experiment file at `path`.
  public init(path: String, settings: [String] = []) throws(ExperimentError) {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw ExperimentError([
        ExperimentProblem(
          location: FileLocation(file: path), path: "", expected: "a readable experiment file in UTF-8",
          found: FileManager.default.fileExists(atPath: path) ? "one that cannot be read" : "no such file",
          remedy: "Correct the path; configs/ has examples.")
      ])
    }
    try self.init(yaml: text, file: path, settings: settings)
  }
}

/// Reads the whole of an experiment file; what its parts say of each other is checked here.
struct ExperimentReader {
  let root: Section
  let findings: Findings

  func read() -> Experiment {
    let study = root.required(
      "study", .name, remedy: "Write study: NAME; the run directory is called like it.")
    let seed = root.value("seed", .integer(atLeast: 0), default: 1)
    let objective = ObjectiveReader(root: root).read()
    var training = TrainingReader(root: root).read()
    let resourceMetrics = objective.metrics.compactMap(ResourceMetric.init)
    if !resourceMetrics.isEmpty { training.resourceMetrics = resourceMetrics }
    let search = root.section("search")
    let spaceSection = search.section("space")
    let spaceReader = SpaceReader(section: spaceSection, findings: findings, search: search)
    let space = spaceReader.read()
    let starting = StartingReader(search: search).read()
    let reader = SearchReader(search: search)
    training.budgetUnit = reader.readBudgetUnit()
    let scheduler = reader.readScheduler()
    let replicates = reader.readReplicates()
    let crossValidation = reader.readCrossValidation(replicates: replicates)
    let fidelity = FidelityReader(search: search, space: spaceReader).read()
    let sampler = SamplerReader(search: search, usual: scheduler.usualSampler.kind).read()
    search.finish()
    let resources = readResources(root.section("resources"), into: &training)
    let checkpoint = readCheckpoint(root.section("checkpoint"))
    root.finish()

    var experiment = Experiment(
      study: study, seed: UInt64(seed), objective: objective, training: training, space: space,
      starting: starting.isEmpty ? nil : starting, sampler: sampler,
      scheduler: scheduler, replicates: replicates, crossValidation: crossValidation, resources: resources,
      checkpoint: checkpoint,
      resolved: resolvedText)
    check(&experiment, space: spaceSection, fidelity: fidelity)
    StartingReader(search: search).complete(&experiment)
    return experiment
  }

  private func readResources(
    _ section: Section, into training: inout TrainingConfiguration
  ) -> Experiment.Resources {
    defer { section.finish() }
    training.threads = section.value("threads_per_rank", .integer(atLeast: 1), default: training.threads)
    training.device = section.value("device", .choice(), default: training.device)
    return Experiment.Resources(
      ranksPerTrial: section.value("ranks_per_trial", .integer(atLeast: 1), default: 1))
  }

  private func readCheckpoint(_ section: Section) -> Experiment.CheckpointPolicy {
    defer { section.finish() }
    return Experiment.CheckpointPolicy(seconds: section.value("seconds", .number(atLeast: 0), default: 60))
  }

  /// What makes sense key by key, but not together.
  private func check(
    _ experiment: inout Experiment, space: Section, fidelity: FidelityReader.Reading?
  ) {
    guard findings.problems.isEmpty else { return }
    do {
      let plan = try experiment.makeScheduler().plan
      experiment.fidelity = try fidelity?.complete(experiment, rungs: experiment.scheduler.rungs())
      if experiment.training.schedule.decay == .cosine, experiment.training.schedule.length == nil {
        experiment.training.schedule.length = Double(experiment.fidelity?.length ?? plan.longestTrial)
      }
    } catch {
      report(about: "search.\(error.subject)", error.expected, error.found, error.remedy)
    }
    for problem in experiment.training.validate(ranksPerTrial: experiment.resources.ranksPerTrial) {
      report(problem)
    }
    SpaceCheck(
      training: experiment.training, ranksPerTrial: experiment.resources.ranksPerTrial,
      space: experiment.space,
      section: space
    ).run()
  }

  private func report(_ problem: TrainingError) {
    let (expected, found, remedy) = problem.parts
    switch problem {
    case .invalid(let subject, _, _, _), .data(let subject, _, _, _):
      report(about: subject, expected, found, remedy)
    case .diverged, .library: report(about: "", expected, found, remedy)
    }
  }

  /// Reports at the key that a room below named by its last words.
  private func report(about subject: String, _ expected: String, _ found: String, _ remedy: String) {
    let question = findings.question(about: subject)
    findings.report(
      question?.location ?? root.location, question?.path ?? subject, expected: expected, found: found,
      remedy: remedy)
  }

  private var resolvedText: String {
    guard let node = root.node else { return "" }
    do {
      return try Yams.serialize(node: node)
    } catch {
      // Every node was made by a field of ours from a value that was read.
      preconditionFailure("a resolved experiment cannot be written: \(error)")
    }
  }
}

/// The document's root; nil for an empty file.
func parse(_ text: String, file: String) throws(ExperimentError) -> Node? {
  func problem(_ line: Int?, _ expected: String, _ found: String, _ remedy: String) -> ExperimentError {
    ExperimentError([
      ExperimentProblem(
        location: FileLocation(file: file, line: line), path: "", expected: expected, found: found,
        remedy: remedy)
    ])
  }
  do {
    return try Yams.compose(yaml: text)
  } catch YamlError.scanner(_, let message, let mark, _), YamlError.parser(_, let message, let mark, _),
    YamlError.composer(_, let message, let mark, _)
  {
    throw problem(
      mark.line, "YAML", message, "Check indentation, colons and brackets on this line and the one above.")
  } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
    throw problem(
      context.mark.line, "each key once", "\(keys.joined(separator: ", ")) more than once",
      "Remove all but one.")
  } catch {
    throw problem(nil, "YAML in UTF-8", "\(error)", "Check that the file is text.")
  }
}
