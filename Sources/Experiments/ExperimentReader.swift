import Glibc
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
  ///   - training: who trains the trials.
  ///   - namingMissingFiles: whether an error names files that are not there, too.
  /// - Throws: `ExperimentError` with every problem that was found, each with its line and remedy.
  public init(
    yaml text: String, file: String, settings: [String] = [], trainedBy training: TrainedBy = .ranks,
    namingMissingFiles: Bool = false
  ) throws(ExperimentError) {
    let findings = Findings()
    let document = try Setting.apply(settings, to: ExperimentDocument.root(of: text, file: file))
    let root = Section(root: document, file: file, findings: findings)
    let experiment = ExperimentReader(root: root, findings: findings, training: training).read()
    guard findings.problems.isEmpty else {
      let missing = namingMissingFiles ? experiment.missingFiles(file) : []
      throw ExperimentError(findings.problems.sorted { $0.location < $1.location } + missing)
    }
    self = experiment
  }

  /// The data and programs that are not there, to be named with the file's own mistakes.
  private func missingFiles(_ file: String) -> [ExperimentProblem] {
    trainee.files.filter { !$0.isEmpty && access($0, F_OK) != 0 }.map { path in
      ExperimentProblem(
        location: FileLocation(file: file), path: "", expected: "the file \(path)", found: "nothing there",
        remedy: "Correct its path, or make it.")
    }
  }

  /// Reads the experiment file at `path`.
  public init(
    path: String, settings: [String] = [], trainedBy training: TrainedBy = .ranks
  ) throws(ExperimentError) {
    try self.init(
      yaml: ExperimentDocument.text(at: path), file: path, settings: settings, trainedBy: training,
      namingMissingFiles: true)
  }

  /// Who trains the trials of an experiment.
  public enum TrainedBy: Sendable {
    /// This program's ranks, by the trainee that the file describes.
    case ranks
    /// Whoever asks for them: where the file describes no trainee, its names are theirs.
    case client
  }
}

/// Reads the whole of an experiment file; `ExperimentJudge` checks what its parts say of each other.
struct ExperimentReader {
  let root: Section
  let findings: Findings
  var training = Experiment.TrainedBy.ranks

  func read() -> Experiment {
    let study = root.required(
      "study", .name, remedy: "Write study: NAME; the run directory is called like it.")
    let seed = root.value("seed", .integer(atLeast: 0, atMost: .max), default: 1)
    let search = root.section("search")
    let spaceSection = search.section("space")
    var trainee = readTrainee(
      searching: spaceSection.keys, growing: search.text(of: "name", under: "fidelity"))
    let description = trainee.description
    let objectiveReader = ObjectiveReader(root: root, trainee: description)
    let (objective, curves) = (objectiveReader.read(), objectiveReader.readCurves())
    let spaceReader = SpaceReader(section: spaceSection, search: search, trainee: description)
    let space = spaceReader.read()
    let starting = StartingReader(search: search).read()
    let reader = SchedulerReader(search: search)
    trainee.budgetUnit = reader.readBudgetUnit()
    let scheduler = reader.readScheduler()
    let replicates = reader.readReplicates()
    let crossValidation = reader.readCrossValidation(replicates: replicates)
    let devSplit = DevSplitReader(search: search).read(trainee, scheduler, crossValidation: crossValidation)
    let fidelity = FidelityReader(search: search, space: spaceReader).read()
    let usual = findings.isSound("search.scheduler") ? scheduler.usualSampler.kind : nil
    let sampler = SamplerReader(search: search, usual: usual).read()
    search.finish()
    let resources = readResources(root.section("resources"), into: &trainee)
    let checkpoint = readCheckpoint(root.section("checkpoint"))
    root.finish()

    var experiment = Experiment(
      study: study, seed: UInt64(seed), objective: objective,
      trainee: trainee.measuring(
        objective.metrics + curves, objectives: objective.parts.map(\.metric)), space: space.space,
      starting: starting.isEmpty ? nil : starting, sampler: sampler,
      scheduler: scheduler, replicates: replicates, crossValidation: crossValidation, devSplit: devSplit,
      resources: resources, checkpoint: checkpoint, resolved: resolvedText)
    ExperimentJudge(root: root, findings: findings, space: space, spaceSection: spaceSection, search: search)
      .judge(&experiment, fidelity)
    return experiment
  }

  private func readTrainee(
    searching names: [String], growing fidelity: String?
  ) -> TraineeConfiguration {
    if root.contains("trainee"), let trainee = TraineeReader(root: root, searched: names).read() {
      return trainee
    }
    if training == .client, !["trainee", "data", "model", "training"].contains(where: root.contains) {
      return .command(
        .client(searching: names + [fidelity].compactMap(\.self), measuring: measuredNames))
    }
    return .builtIn(TrainingReader(root: root).read())
  }

  /// The metrics that the file names, which are all that a client is known to measure.
  private var measuredNames: [String] {
    let objectives =
      root.names(under: "objectives") + [root.text(of: "metric", under: "objective")].compactMap(\.self)
    return (objectives.isEmpty ? ["value"] : objectives) + root.names(under: "limits")
  }

  private func readResources(
    _ section: Section, into trainee: inout TraineeConfiguration
  ) -> Experiment.Resources {
    defer { section.finish() }
    trainee.threads = section.value(
      "threads_per_rank", .integer(atLeast: 1, atMost: 4_096), default: trainee.threads)
    if var training = trainee.training {
      training.device = section.value("device", .choice(), default: training.device)
      trainee.training = training
    }
    return Experiment.Resources(
      ranksPerTrial: section.value("ranks_per_trial", .integer(atLeast: 1, atMost: 1_000_000), default: 1))
  }

  private func readCheckpoint(_ section: Section) -> Experiment.CheckpointPolicy {
    defer { section.finish() }
    return Experiment.CheckpointPolicy(seconds: section.value("seconds", .number(atLeast: 0), default: 60))
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

extension ProgramConfiguration {
  /// What stands for a client's training: a program that knows these names, goes on from its state, and lets
  /// all of them change meanwhile.
  fileprivate static func client(searching names: [String], measuring metrics: [String]) -> Self {
    ProgramConfiguration(
      ["client"], isDialogue: true, processes: .group, metrics: metrics.map { PrintedMetric($0) },
      searched: names, keepsState: true)
  }
}
