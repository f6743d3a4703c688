public import Search
import Training
import Yams

/// Reads `search.scheduler`, and what all schedulers share: the unit of budgets and the replicates.
struct SchedulerReader {
  let search: Section

  private enum ExploitKind: String, CaseIterable {
    case truncation, tournament
    case tTest = "t_test"
  }

  private enum ExploreKind: String, CaseIterable {
    case perturb, bandit
  }

  func readBudgetUnit() -> BudgetUnit {
    search.value("budget_unit", .choice(), default: TrainingConfiguration().budgetUnit)
  }

  func readReplicates() -> Int { search.value("replicates", .integer(atLeast: 1, atMost: 1_000), default: 1) }

  /// - Parameter replicates: how many folds there are.
  func readCrossValidation(replicates: Int) -> Bool {
    let crossValidation = search.value("cross_validation", .truth, default: false)
    if crossValidation, replicates < 2, search.isSound("replicates") {
      search.report(
        "cross_validation", expected: "at least 2 replicates, one for each fold", found: "\(replicates)",
        remedy: "Write how many folds there are as search.replicates, such as 5.")
    }
    return crossValidation
  }

  func readScheduler() -> SchedulerConfiguration {
    let section = search.section("scheduler")
    defer { section.finish() }
    let kind: SchedulerConfiguration.Kind = section.variant()
    switch kind {
    case .full: return .full(full(section))
    case .median: return .median(median(section))
    case .extrapolation: return .extrapolation(extrapolation(section))
    case .successiveHalving: return .successiveHalving(successiveHalving(section))
    case .hyperband: return .hyperband(hyperband(section))
    case .asha: return .asha(asha(section))
    case .freezeThaw: return .freezeThaw(freezeThaw(section))
    case .bohb: return .bohb(bohb(section))
    case .dehb: return .dehb(dehb(section))
    case .priorband: return .priorband(priorband(section))
    case .pbt: return .pbt(pbt(section))
    case .replay: return .replay(replay(section))
    }
  }

  private func full(_ section: Section) -> FullRunOptions {
    FullRunOptions(
      trials: trials(section), budget: count("budget", section, remedy: "Write how long each trial trains."))
  }

  private func median(_ section: Section) -> MedianStoppingOptions {
    var options = MedianStoppingOptions(trials: trials(section), maximumBudget: maximumBudget(section))
    options.interval = section.value("interval", .integer(atLeast: 1), default: options.interval)
    options.graceBudget = section.value("grace_budget", .integer(atLeast: 0), default: options.graceBudget)
    options.minimumTrials = section.value(
      "minimum_trials", .integer(atLeast: 1), default: options.minimumTrials)
    return options
  }

  private func extrapolation(_ section: Section) -> ExtrapolationOptions {
    var options = ExtrapolationOptions(trials: trials(section), maximumBudget: maximumBudget(section))
    options.interval = section.value("interval", .integer(atLeast: 1), default: options.interval)
    options.minimumMeasurements = section.value(
      "minimum_measurements", .integer(atLeast: 3), default: options.minimumMeasurements)
    let threshold = Field<Double>.number(above: 0, below: 1)
    options.threshold = section.value("threshold", threshold, default: options.threshold)
    options.forecast = section.value("forecast", .choice(), default: options.forecast)
    return options
  }

  private func successiveHalving(_ section: Section) -> SuccessiveHalvingOptions {
    var options = SuccessiveHalvingOptions(
      trials: count("trials", section, remedy: "Write how many configurations start a bracket."),
      maximumBudget: maximumBudget(section))
    readRungs(section, into: &options)
    options.iterations = section.value("iterations", .integer(atLeast: 1), default: options.iterations)
    options.overlap = section.value("overlap", .integer(atLeast: 1), default: options.overlap)
    return options
  }

  private func hyperband(_ section: Section) -> HyperbandOptions {
    var options = HyperbandOptions(maximumBudget: maximumBudget(section))
    readBrackets(section, into: &options)
    return options
  }

  private func bohb(_ section: Section) -> BOHBOptions {
    var options = BOHBOptions(maximumBudget: maximumBudget(section))
    readBrackets(section, into: &options)
    options.randomShare = section.value(
      "random_share", .number(from: 0, through: 1), default: options.randomShare)
    return options
  }

  private func priorband(_ section: Section) -> PriorBandOptions {
    var options = PriorBandOptions(maximumBudget: maximumBudget(section))
    readBrackets(section, into: &options)
    let rate = Field<Double>.number(above: 0, through: 1)
    options.mutationRate = section.value("mutation_rate", rate, default: options.mutationRate)
    let deviation = Field<Double>.number(above: 0, below: 1)
    options.deviation = section.value("deviation", deviation, default: options.deviation)
    return options
  }

  private func asha(_ section: Section) -> ASHAOptions {
    var options = ASHAOptions(trials: trials(section), maximumBudget: maximumBudget(section))
    readRungs(section, into: &options)
    options.variant = section.value("variant", .choice(), default: options.variant)
    return options
  }

  private func freezeThaw(_ section: Section) -> FreezeThawOptions {
    var options = FreezeThawOptions(
      runs: count("runs", section, remedy: "Write how many full runs' budget to spend."),
      maximumBudget: maximumBudget(section))
    readRungs(section, into: &options)
    options.paused = section.value("paused", .integer(atLeast: 1), default: options.paused)
    return options
  }

  private func dehb(_ section: Section) -> DEHBOptions {
    var options = DEHBOptions(maximumBudget: maximumBudget(section))
    readRungs(section, into: &options)
    options.iterations = section.value("iterations", .integer(atLeast: 1), default: options.iterations)
    let mutation = Field<Double>.number(above: 0, through: 2)
    options.mutation = section.value("mutation", mutation, default: options.mutation)
    options.crossover = section.value("crossover", .number(from: 0, through: 1), default: options.crossover)
    return options
  }

  private func readRungs(_ section: Section, into options: inout some HalvingOptions) {
    options.minimumBudget = section.value(
      "minimum_budget", .integer(atLeast: 1), default: options.minimumBudget)
    options.reduction = section.value("reduction", .integer(atLeast: 2), default: options.reduction)
  }

  private func readBrackets(_ section: Section, into options: inout some GuidedOptions) {
    readRungs(section, into: &options)
    options.iterations = section.value("iterations", .integer(atLeast: 1), default: options.iterations)
    options.decisions = section.value("decisions", .choice(), default: options.decisions)
    options.overlap = section.value("overlap", .integer(atLeast: 1), default: options.overlap)
  }

  private func replay(_ section: Section) -> ReplayOptions {
    ReplayOptions(
      schedule: section.required(
        "schedule", .list(of: .stretch), remedy: "Write the schedule that a population's report shows."),
      trials: section.value("trials", .integer(atLeast: 1), default: 1))
  }

  private func trials(_ section: Section) -> Int {
    count("trials", section, remedy: "Write how many configurations to try.")
  }

  private func pbt(_ section: Section) -> PBTOptions {
    var options = PBTOptions(
      population: section.required(
        "population", .integer(atLeast: 2), remedy: "Write how many members to train side by side."),
      generations: count("generations", section, remedy: "Write how often to compare the members."),
      interval: count("interval", section, remedy: "Write how long each generation trains."))
    options.burnIn = section.value("burn_in", .integer(atLeast: 0), default: options.burnIn)
    options.decisions = section.value("decisions", .choice(), default: options.decisions)
    options.exploit = exploit(section.section("exploit", shorthand: "kind"))
    options.explore = explore(section.section("explore", shorthand: "kind"))
    options.replacement = section.value("replacement", .choice(), default: options.replacement)
    return options
  }

  private func exploit(_ section: Section) -> PBTOptions.Exploit {
    defer { section.finish() }
    let kind: ExploitKind = section.variant(default: .truncation)
    switch kind {
    case .truncation:
      let fraction = Field<Double>.number(above: 0, through: 0.5)
      return .truncation(fraction: section.value("fraction", fraction, default: 0.2))
    case .tournament:
      return .tournament
    case .tTest:
      let level = Field<Double>.number(above: 0, below: 1)
      return .tTest(
        measurements: section.value("measurements", .integer(atLeast: 2), default: 10),
        level: section.value("level", level, default: 0.05))
    }
  }

  private func explore(_ section: Section) -> PBTOptions.Explore {
    defer { section.finish() }
    let kind: ExploreKind = section.variant(default: .perturb)
    switch kind {
    case .perturb:
      var options = Perturbation()
      options.factors = section.value("factors", .list(of: .number(above: 0)), default: options.factors)
      options.resampleProbability = section.value(
        "resample_probability", .number(from: 0, through: 1), default: options.resampleProbability)
      return .perturb(options)
    case .bandit:
      var options = BanditOptions()
      options.candidates = section.value("candidates", .integer(atLeast: 1), default: options.candidates)
      options.maximumObservations = section.value(
        "maximum_observations", .integer(atLeast: 2), default: options.maximumObservations)
      options.resampleProbability = section.value(
        "resample_probability", .number(from: 0, through: 1), default: options.resampleProbability)
      return .bandit(options)
    }
  }

  private func count(_ key: String, _ section: Section, remedy: String) -> Int {
    section.required(key, .integer(atLeast: 1), remedy: remedy)
  }

  private func maximumBudget(_ section: Section) -> Int {
    count("maximum_budget", section, remedy: "Write the budget that the best trials get.")
  }
}

extension Field<ReplayOptions.Stretch> {
  /// `{until: 10, learning_rate: 0.1, ...}`.
  static var stretch: Self {
    let until = Field<Int>.integer(atLeast: 1)
    return Self(
      expected: "such as {until: 10, learning_rate: 0.1}",
      standIn: ReplayOptions.Stretch(until: 1, configuration: Configuration()),
      shape: .mapping(to: .scalar, keys: ["until": until.shape]),
      read: { node in
        guard let mapping = node.mapping, let end = mapping["until"].flatMap(until.read) else { return nil }
        var configuration = Configuration()
        for (key, value) in mapping where key.scalar?.string != "until" {
          guard let name = key.scalar?.string, let value = Field<ParameterValue>.parameterValue.read(value)
          else { return nil }
          configuration[name] = value
        }
        return ReplayOptions.Stretch(until: end, configuration: configuration)
      },
      write: { stretch in
        let values = stretch.configuration.values.sorted { $0.key < $1.key }.map { name, value in
          (Node(name), Self.node(of: value))
        }
        return Node([(Node("until"), until.write(stretch.until))] + values, .implicit, .flow)
      })
  }

  private static func node(of value: ParameterValue) -> Node {
    switch value {
    case .number: Node(value.description)
    case .text(let text): Field<String>.text.write(text)
    }
  }
}

extension SchedulerConfiguration {
  /// - Throws: `SearchError` when the trainee cannot do what the scheduler needs.
  func validate(for trainee: TraineeDescription) throws(SearchError) {
    guard needsStates, !trainee.isResumable else { return }
    throw SearchError(
      subject: "scheduler.kind",
      expected: "a scheduler whose trials can begin anew, because this trainee gives and takes no state",
      found: kind.rawValue,
      remedy: "Write asha or hyperband, or train something that can go on from a state.")
  }
}

extension Experiment {
  /// The experiment's scheduler at its start.
  ///
  /// - Throws: `SearchError` when its options can't be.
  public func makeScheduler() throws(SearchError) -> any Scheduler {
    let description = trainee.description
    return try scheduler.makeScheduler(
      space: space, seed: seed, mutable: description.liveNames, replicates: Replicates(replicates),
      trainsAnew: fidelity != nil || !description.isResumable, issuesEarly: true)
  }
}
