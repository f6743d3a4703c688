import Search
import Yams

/// Reads `search.sampler`.
struct SamplerReader {
  let search: Section
  /// The one for whom nothing is said; nil when the scheduler, on which that depends, is not known.
  let usual: SamplerConfiguration.Kind?

  func read() -> SamplerConfiguration {
    let section = search.section("sampler", shorthand: "kind")
    defer { section.finish() }
    let kind: SamplerConfiguration.Kind = section.variant(default: usual ?? .auto)
    if usual == nil, !section.contains("kind") { section.silence() }
    switch kind {
    case .auto: return .auto(auto(section))
    case .random: return .random
    case .sobol: return .sobol
    case .tpe: return .tpe(tpe(section))
    case .grid: return .grid(grid(section))
    case .cmaES: return .cmaES(cmaES(section))
    case .genetic: return .genetic(genetic(section))
    case .gp: return .gp(gp(section))
    case .turbo: return .turbo(turbo(section))
    case .forest: return .forest(forest(section))
    case .nsga2: return .nsga2(nsga2(section))
    case .parego: return .parego(surrogate(ParEGOOptions(), section))
    case .ehvi: return .ehvi(surrogate(EHVIOptions(), section))
    case .transfer: return .transfer(transfer(section))
    }
  }

  private func tpe(_ section: Section) -> TPEOptions {
    var options = TPEOptions()
    options.initialTrials = section.value(
      "initial_trials", .integer(atLeast: 2), default: options.initialTrials)
    options.candidates = section.value("candidates", .integer(atLeast: 1), default: options.candidates)
    let share = Field<Double>.number(above: 0, below: 1)
    options.goodShare = section.value("good_share", share, default: options.goodShare)
    options.maximumGood = section.value("maximum_good", .integer(atLeast: 1), default: options.maximumGood)
    options.maximumBad = section.value("maximum_bad", .integer(atLeast: 10), default: options.maximumBad)
    options.least = section.value("least", .choice(), default: options.least)
    return options
  }

  private func grid(_ section: Section) -> GridOptions {
    var options = GridOptions()
    options.resolution = section.value("resolution", .integer(atLeast: 1), default: options.resolution)
    let own = section.section("resolutions")
    for name in own.keys {
      options.resolutions[name] = own.required(
        name, .integer(atLeast: 1), remedy: "Write how many values it has.")
    }
    own.finish()
    return options
  }

  private func cmaES(_ section: Section) -> CMAESOptions {
    var options = CMAESOptions()
    let (none, several) = (Field<Int>.integer(atLeast: 0, atMost: 0), Field<Int>.integer(atLeast: 4))
    let population = Field<Int>(
      expected: "0 or an integer at least 4", standIn: 0, shape: .either([none.shape, several.shape]),
      read: { none.read($0) ?? several.read($0) }, write: { Node(String($0)) },
      objection: Field<Int>.integer(atLeast: 0).objection)
    options.population = section.value("population", population, default: options.population)
    let share = Field<Double>.number(above: 0, through: 1)
    options.sigma = section.value("sigma", share, default: options.sigma)
    options.growth = section.value("growth", .integer(atLeast: 1), default: options.growth)
    return options
  }

  private func genetic(_ section: Section) -> GeneticOptions {
    var options = GeneticOptions()
    options.population = section.value("population", .integer(atLeast: 2), default: options.population)
    options.tournament = section.value("tournament", .integer(atLeast: 1), default: options.tournament)
    options.crossover = section.value("crossover", .number(from: 0, through: 1), default: options.crossover)
    options.mutations = section.value("mutations", .number(above: 0), default: options.mutations)
    return options
  }

  private func auto(_ section: Section) -> AutoOptions {
    var options = AutoOptions()
    options.initialTrials = section.value(
      "initial_trials", .integer(atLeast: 2), default: options.initialTrials)
    options.modelled = section.value("modelled", .integer(atLeast: 10), default: options.modelled)
    return options
  }

  private func gp(_ section: Section) -> GaussianProcessOptions {
    var options = surrogate(GaussianProcessOptions(), section)
    options.acquisition = section.value("acquisition", .choice(), default: options.acquisition)
    options.beta = section.value("beta", .number(above: 0), default: options.beta)
    options.neighbourhood = section.value("neighbourhood", .truth, default: options.neighbourhood)
    options.inputWarping = section.value("input_warping", .truth, default: options.inputWarping)
    return options
  }

  /// `options` with those of every sampler that has a surrogate read from `section`.
  private func surrogate<Options: SurrogateOptions>(_ options: Options, _ section: Section) -> Options {
    var options = options
    options.initialTrials = section.value(
      "initial_trials", .integer(atLeast: 2), default: options.initialTrials)
    options.candidates = section.value("candidates", .integer(atLeast: 2), default: options.candidates)
    options.starts = section.value("starts", .integer(atLeast: 1), default: options.starts)
    options.maximumObservations = section.value(
      "maximum_observations", .integer(atLeast: 10), default: options.maximumObservations)
    return options
  }

  private func turbo(_ section: Section) -> TurboOptions {
    var options = TurboOptions()
    options.initialTrials = section.value(
      "initial_trials", .integer(atLeast: 2), default: options.initialTrials)
    options.candidates = section.value("candidates", .integer(atLeast: 2), default: options.candidates)
    options.maximumObservations = section.value(
      "maximum_observations", .integer(atLeast: 10), default: options.maximumObservations)
    return options
  }

  private func forest(_ section: Section) -> ForestOptions {
    var options = ForestOptions()
    options.initialTrials = section.value(
      "initial_trials", .integer(atLeast: 2), default: options.initialTrials)
    options.trees = section.value("trees", .integer(atLeast: 1), default: options.trees)
    options.candidates = section.value("candidates", .integer(atLeast: 1), default: options.candidates)
    options.starts = section.value("starts", .integer(atLeast: 1), default: options.starts)
    options.randomShare = section.value(
      "random_share", .number(from: 0, through: 1), default: options.randomShare)
    return options
  }

  private func nsga2(_ section: Section) -> NSGA2Options {
    var options = NSGA2Options()
    options.population = section.value("population", .integer(atLeast: 2), default: options.population)
    options.crossover = section.value("crossover", .number(from: 0, through: 1), default: options.crossover)
    options.crossoverIndex = section.value(
      "crossover_index", .number(atLeast: 0), default: options.crossoverIndex)
    options.mutationIndex = section.value(
      "mutation_index", .number(atLeast: 0), default: options.mutationIndex)
    return options
  }

  private func transfer(_ section: Section) -> TransferOptions {
    var options = TransferOptions(studies: [])
    options.from = section.required(
      "from", .list(of: .text),
      remedy: "Write the run directories of earlier studies, or tables of their trials: from: [runs/earlier]."
    )
    return surrogate(options, section)
  }
}
