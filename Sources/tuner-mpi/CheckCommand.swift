import ArgumentParser
import Experiments
import MPI
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

  @Flag(
    help: """
      Trains one trial for real: trained, saved, restored into another one, perturbed. Under mpirun the ranks train it \
      together.
      """)
  var trial = false

  func validate() throws {
    try experiment.validate()
    // MPI counts ranks in 32 bits.
    if let ranks { try requireNumber(ranks, for: "--ranks", in: 1...Int(Int32.max)) }
  }

  func run() throws {
    try reporting {
      let experiment = try loaded()
      if let ranks { _ = try RankLayout(worldSize: ranks, ranksPerTrial: experiment.resources.ranksPerTrial) }
      let checked = try CheckedStudy(experiment)
      guard trial else { return try describe(checked, experiment) }
      let mpi = try MPIEnvironment(requiring: checked.study.trainee.threadLevel)
      if mpi.world.isRoot { try describe(checked, experiment) }
      let findings = try checked.study.withTrainees(
        logging: nil, rootTrains: true, mpi, TrialCheck(study: checked.study, plan: checked.plan))
      guard mpi.world.isRoot else { return }
      for line in findings.lines(checked.study, checked.plan, ranks: mpi.world.size) { print(line) }
    }
  }

  /// As so many ranks would run it.
  private func loaded() throws -> Experiment {
    let plain = try experiment.load()
    guard let ranks else { return plain }
    return try experiment.load(defaults: experiment.builtInPopulation(of: plain, ranks: ranks, after: nil))
  }

  private func describe(_ checked: CheckedStudy, _ experiment: Experiment) throws {
    print("\(experiment.study): in order")
    if let data = checked.data {
      describe(try checked.study.data(data, for: TrialID(0)))
      if checked.study.devSplit == .reshuffled { print("  dev     drawn anew for every trial") }
      for line in data.findings { print("  found   \(line)") }
    }
    if case .command(let program) = checked.study.trainee { describe(program) }
    if case .plugin(let plugin) = checked.study.trainee { describe(plugin) }
    print("  search  \(experiment.space.parameters.map(\.name).joined(separator: ", "))")
    if let outlook = try experiment.sampler.options.outlook(in: experiment.space) {
      print("  sampler \(outlook)")
    }
    for line in checked.earlier { print("  earlier \(line)") }
    try describe(checked.plan, of: checked.study)
    for line in CheckWarnings(study: checked.study, plan: checked.plan).lines(ranks: ranks) {
      print("  warning \(line)")
    }
    try describePlace(of: checked)
  }

  /// What this machine lacks, which need not be the one that the study runs on.
  private func describePlace(of checked: CheckedStudy) throws {
    if let data = checked.data, let memory = try checked.study.largestMemory(for: data) {
      let here = HostMemory.available()
      let lack = memory.least > here.bytes ? "; such trials fail here, with \(here)" : ""
      print("  memory  the largest trial needs about \(HostMemory.text(memory.total)) on each rank\(lack)")
    }
    do throws(TrainingError) {
      try checked.study.trainee.checkPlace()
    } catch {
      print("  warning this machine would not do: \(error)")
    }
  }

  private func describe(_ data: TrainingData) {
    let second = data.count(of: .secondDev)
    print(
      "  data    \(data.count(of: .train)) train, \(data.count(of: .dev)) dev, "
        + (second > 0 ? "\(second) second dev, " : "") + "\(data.count(of: .test)) test")
  }

  private func describe(_ program: ProgramConfiguration) {
    let processes = program.processes == .rank ? "one process a rank" : "one process a group"
    let state =
      program.keepsState ? "goes on from its state" : "keeps no state: every job trains from the beginning"
    print("  program \(program.command.joined(separator: " ")) (\(processes); it \(state))")
  }

  /// What the plug-in offers; why it cannot be loaded, the warning of this place says.
  private func describe(_ plugin: PluginConfiguration) {
    guard let library = try? PluginLibrary(plugin.library) else { return }
    print("  plug-in \(plugin.library): \(library.offer)")
  }

  private func describe(_ plan: SchedulePlan, of study: Study) throws {
    let unit = study.budgetName
    // With a fidelity every job begins with new weights.
    let budget = study.fidelity == nil ? plan.budget : plan.budgetAnew
    print(
      "  plan    \(plan.trials) trials, \(plan.jobs) jobs, \(budget) \(unit); the longest trial \(plan.longestTrial) \(unit)"
    )
    let replicates = study.replication.count
    if replicates > 1 {
      let name = study.replicateName
      print(
        "  \(name)   \(replicates) trials for each configuration, with \(name) of their own; the mean counts")
    }
    if let fidelity = study.fidelity { print("  fidelity \(try outlook(of: fidelity, in: study))") }
    // The greatest plan has work for more ranks than an integer counts.
    let useful =
      plan.concurrency < Int.max / study.ranksPerTrial
      ? "up to \(1 + plan.concurrency * study.ranksPerTrial) ranks have work" : "any number of ranks has work"
    print("  ranks   \(plan.concurrency) trials at once: \(useful)")
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
