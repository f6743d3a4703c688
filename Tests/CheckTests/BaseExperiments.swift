import Foundation
import Testing
import TraineeTesting

/// Right experiments that between them have every key of the reference, every scheduler, sampler, model and
/// kind of data; and the small files that they read.
struct BaseExperiments {
  let folder: String
  let texts: [String]

  /// Writes the files.
  init() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/tuner-mpi-check-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Self.writeData(in: folder)
    self.folder = folder
    texts =
      Self.searches.enumerated().map { number, search in
        Self.text(number, search.scheduler, search.sampler, search.more, folder)
      } + Self.wholes(folder, plugin: try Self.plugin())
  }

  func remove() throws { try FileManager.default.removeItem(atPath: folder) }

  /// Every scheduler with every sampler's kind once.
  private static let searches: [(scheduler: String, sampler: String, more: String)] = [
    ("{kind: full, trials: 6, budget: 2}", "{kind: auto, initial_trials: 3, modelled: 50}", ""),
    (
      "{kind: median, trials: 5, maximum_budget: 4, interval: 1, grace_budget: 1, minimum_trials: 2}",
      "random",
      "  replicates: 2\n"
    ),
    (
      "{kind: extrapolation, trials: 4, maximum_budget: 9, interval: 1, minimum_measurements: 4, threshold: 0.05}",
      "sobol", ""
    ),
    (
      "{kind: successive_halving, trials: 9, maximum_budget: 9, minimum_budget: 1, reduction: 3, iterations: 1, overlap: 1}",
      "{kind: tpe, initial_trials: 3, candidates: 8, good_share: 0.2, maximum_good: 10, maximum_bad: 50, least: dimension}",
      "  fidelity: {name: data_share, type: float, low: 0.2, high: 1, scale: log, length: 3}\n"
    ),
    (
      "{kind: hyperband, maximum_budget: 9, minimum_budget: 1, reduction: 3, iterations: 1, overlap: 1, decisions: synchronous}",
      "{kind: grid, resolution: 3, resolutions: {learning_rate: 2}}", ""
    ),
    (
      "{kind: asha, trials: 9, maximum_budget: 9, minimum_budget: 1, reduction: 3, variant: stopping}",
      "{kind: cma-es, population: 4, sigma: 0.3, growth: 2}",
      "  fidelity: {name: hidden_layers, type: ordinal, values: [1, 2, 3]}\n"
    ),
    (
      "{kind: freeze_thaw, runs: 3, maximum_budget: 4, minimum_budget: 1, reduction: 2, paused: 20}",
      "{kind: gp, initial_trials: 3, candidates: 8, starts: 1, maximum_observations: 50, acquisition: thompson, beta: 4, neighbourhood: true, input_warping: false}",
      ""
    ),
    (
      "{kind: bohb, maximum_budget: 9, minimum_budget: 1, reduction: 3, iterations: 1, decisions: asynchronous, overlap: 1, random_share: 0.3}",
      "{kind: genetic, population: 4, tournament: 2, crossover: 0.9, mutations: 1}",
      "  fidelity: {name: resolution, type: float, low: 0.2, high: 1}\n"
    ),
    (
      "{kind: dehb, maximum_budget: 9, minimum_budget: 1, reduction: 3, iterations: 1, mutation: 0.5, crossover: 0.5}",
      "{kind: turbo, initial_trials: 3, candidates: 8, maximum_observations: 50}", ""
    ),
    (
      "{kind: priorband, maximum_budget: 9, minimum_budget: 1, reduction: 3, iterations: 1, overlap: 1, mutation_rate: 0.5, deviation: 0.25}",
      "{kind: forest, initial_trials: 3, trees: 3, candidates: 20, starts: 1, random_share: 0.1}",
      "  dev_split: reshuffled\n  fidelity: {name: hidden_layers, type: integer, low: 1, high: 4, step: 1, length: 2}\n"
    ),
    (
      "{kind: pbt, population: 4, generations: 2, interval: 2, burn_in: 1, decisions: synchronous, replacement: parent, exploit: {kind: truncation, fraction: 0.25}, explore: {kind: perturb, factors: [0.8, 1.2], resample_probability: 0.25}}",
      "{kind: nsga2, population: 4, crossover: 0.9, crossover_index: 20, mutation_index: 20}", ""
    ),
    (
      "{kind: pbt, population: 4, generations: 2, interval: 2, exploit: {kind: t_test, measurements: 2, level: 0.05}, explore: {kind: bandit, candidates: 20, maximum_observations: 20, resample_probability: 0.2}}",
      "{kind: parego, initial_trials: 3, candidates: 8, starts: 1, maximum_observations: 50}", ""
    ),
    (
      "{kind: pbt_replay, trials: 2, schedule: [{until: 2, learning_rate: 0.1, dropout: 0.1, batch_size: 32}, {until: 4, learning_rate: 0.01, dropout: 0.2, batch_size: 32}]}",
      "{kind: ehvi, initial_trials: 3, candidates: 8, starts: 1, maximum_observations: 50}", ""
    ),
    (
      "{kind: full, trials: 8, budget: 1}",
      "{kind: transfer, from: [FOLDER/earlier.csv], initial_trials: 3, candidates: 8, starts: 1, maximum_observations: 50}",
      "  replicates: 3\n  cross_validation: true\n"
    ),
  ]

  private static func text(
    _ number: Int, _ scheduler: String, _ sampler: String, _ more: String, _ folder: String
  ) -> String {
    let several = """
      objectives: {dev_accuracy: maximize, parameters: minimize}
      limits: {latency_ms: {at_most: 50}, dev_loss: {at_least: 0, at_most: 9}}
      """
    // A model of a space that allows little draws for long.
    let isModel = ["auto", "gp", "turbo", "parego", "ehvi", "transfer", "forest"].contains {
      sampler.contains($0)
    }
    let takesSeveral = ["nsga2", "parego", "ehvi"].contains { sampler.contains($0) }
    return """
      study: base-\(number)
      seed: \(number)
      \(takesSeveral ? several : "objective: {metric: dev_accuracy, goal: maximize}")
      data: {kind: digits, split: {train: 0.8, dev: 0.1, test: 0.1}}
      model: {kind: mlp, hidden: [8, 8], activation: relu, normalization: none, dropout: 0.1}
      training:
        optimizer: {kind: adamw, learning_rate: 0.01, weight_decay: 0.01, momentum: 0.9, beta1: 0.9, beta2: 0.99, epsilon: 1e-6}
        schedule: {warmup: 0.5, decay: multi_step, milestones: [1, 1.5], by: step, final_fraction: 0.1, decay_factor: 0.5, decay_interval: 10}
        schedules: {weight_decay: {decay: linear, length: 4, final_fraction: 2}, batch_size: {decay: step, decay_factor: 2, decay_interval: 1, by: unit}}
        batch_size: 32
        data_share: 1
        resolution: 1
        cooldown: 1
        cooldown_descent: square_root
        early_stopping: 0
        early_stopping_delta: 0.001
        early_stopping_every: 2
        tf32: false
        deterministic: false
        scaling_rule: linear
        reference_batch_size: 32
        accumulation: 1
        gradient_clip: 1
        label_smoothing: 0.1
        clip_value: 10
        adaptive_clip: 0.1
        l1: 1e-5
        group_lasso: 1e-5
        max_norm: 4
        gradient_noise: 1e-4
        gradient_noise_decay: 0.55
        averaging: ema
        averaging_decay: 0.99
        averaging_warmup: true
        averaging_start: 0.5
        averaging_every: step
        averaging_batches: 4
        layer_decay: 0.9
        shard_optimizer: true
        layer_rates: [{match: "*.bias", rate: 2, decay: 0}]
        evaluation_batch_size: 64
      search:
        budget_unit: epochs
        space:
          learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log, prior: {value: 0.01, confidence: medium}}
          dropout: {type: float, low: 0, high: 0.5, step: 0.1}
          batch_size: {type: power_of_two, low: 16, high: 64}
        \(isModel ? "" : "constraints: [batch_size * learning_rate <= 6]")
        baseline: {learning_rate: 0.02, dropout: 0.1, batch_size: 32}
        first: [{learning_rate: 0.05}, {batch_size: 64}]
      \(more)  sampler: \(sampler)
        scheduler: \(scheduler)
      resources: {ranks_per_trial: 1, threads_per_rank: 1, device: cpu}
      checkpoint: {seconds: 60}
      """.replacing("FOLDER", with: folder)
  }

  /// The example in C.
  private static func plugin() throws -> String {
    try CompiledPlugin.library("example", "#include \"poisson.c\"")
  }
}
