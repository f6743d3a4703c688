extension Experiment {
  /// What runs when no file is named and there is no `experiment.yaml`: configs/digits-pbt.yaml, carried in
  /// the binary, so that the program needs no file beside it.
  public static let builtInText = """
    # Population based training of a small network on the built-in handwritten digits.
    # What `tuner-mpi` runs when it is given no file.
    study: digits-pbt
    seed: 1
    objective: {metric: dev_accuracy, goal: maximize}

    data: digits
    model: {kind: mlp, hidden: [128, 64], activation: relu}

    training:
      optimizer: {kind: lamb, learning_rate: 0.01, weight_decay: 0.01}
      schedule: {warmup: 2}         # in epochs, as all budgets here
      batch_size: 64

    search:
      budget_unit: epochs
      space:
        learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
        weight_decay: {type: float, low: 1e-4, high: 0.3, scale: log}
        dropout: {type: float, low: 0, high: 0.5}
        label_smoothing: {type: float, low: 0, high: 0.2}
        batch_size: {type: categorical, choices: [32, 64, 128]}
      sampler: sobol                # where the members start
      scheduler: {kind: pbt, population: 8, generations: 12, interval: 5, exploit: {kind: truncation, fraction: 0.25}}

    """

  /// The name that errors and journals give the built-in experiment.
  public static let builtInName = "configs/digits-pbt.yaml"
}
