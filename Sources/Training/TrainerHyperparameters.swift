// Hyperparameters in force: read from the running parts, and changed in them.
extension Trainer {
  public var description: TraineeDescription { configuration.description }

  public func effectiveHyperparameters() throws(TrainingError) -> [String: HyperparameterValue] {
    // The model tells its own shape; batch and smoothing are read where the steps read them.
    var live = configuration
    live.model = model.configuration
    live.batchSize = stream.batchSize
    live.usedDataShare = data.share
    live.usedResolution = data.resolution
    live.labelSmoothing = task.labelSmoothing
    let ofOptimizer = try scheduleInForce().merging(optimizer.effectiveHyperparameters) { _, optimizers in
      optimizers
    }
    var values: [String: HyperparameterValue] = [:]
    for (name, value) in live.hyperparameters {
      let isOptimizers = TrainingHyperparameters.ofOptimizer.contains(name)
      values[name] = isOptimizers ? ofOptimizer[name] : value
    }
    return values
  }

  public mutating func set(_ values: [String: HyperparameterValue]) throws(TrainingError) {
    let peers = peers
    let new = try peers.together { () throws(TrainingError) in try changed(by: values) }
    var failure: TrainingError?
    do throws(TrainingError) { try adopt(new) } catch { failure = error }
    try peers.agree(failure)
  }

  /// The configuration with live hyperparameters changed.
  private func changed(
    by values: [String: HyperparameterValue]
  ) throws(TrainingError) -> TrainingConfiguration {
    let new = try configuration.setting(values)
    let before = configuration.hyperparameters
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      guard before[name] != value, TrainingHyperparameters.named(name)?.isLive == false else { continue }
      throw .invalid(
        subject: name, expected: "the value \(before[name]?.description ?? "") that the trial began with",
        found: value.description,
        remedy: "It cannot change while a trial runs: start a new trial, or take it out of what is perturbed."
      )
    }
    return new
  }

  /// The shape of the running learning-rate schedule.
  ///
  /// A schedule counts steps, to which the configuration's lengths were rounded; so when the configuration
  /// makes exactly the schedule that runs, its own numbers are the ones in force, and else what can be read
  /// from the running one.
  private func scheduleInForce() throws(TrainingError) -> [String: HyperparameterValue] {
    guard let rate = optimizer.rate else { return [:] }
    let stepsPerUnit = stream.steps(per: configuration.budgetUnit)
    let made = try configuration.schedule.schedule(peak: rate.peak, stepsPerUnit: stepsPerUnit)
    return made == rate
      ? configuration.hyperparameters : rate.effectiveHyperparameters(stepsPerUnit: stepsPerUnit)
  }

  /// Goes on under other hyperparameters, weights and optimizer memory as they are. Local, and the same on
  /// all ranks.
  ///
  /// - Parameter new: may differ in what the hyperparameter table calls live, and in nothing else.
  /// - Throws: `TrainingError.invalid` when it differs in something else.
  public mutating func adopt(_ new: TrainingConfiguration) throws(TrainingError) {
    guard isLiveChange(to: new) else {
      throw .invalid(
        subject: "hyperparameters", expected: "changes of live ones only",
        found: "a change of something else",
        remedy: "Start a new trial for another model, optimizer or data set.")
    }
    try stream.setBatchSize(new.batchSize)
    model.dropout = new.model.dropout
    task.labelSmoothing = new.labelSmoothing
    configuration = new
    try updateTransform()
  }

  /// Whether another configuration differs in what the hyperparameter table calls live, and in nothing else.
  private func isLiveChange(to new: TrainingConfiguration) -> Bool {
    var reachable = configuration
    for hyperparameter in TrainingHyperparameters.all where hyperparameter.isLive {
      guard let value = hyperparameter.read(new) else { continue }
      hyperparameter.write(&reachable, value)
    }
    return reachable == new
  }

  /// Becomes the trainer of another trial of the study, in the memory that it has: nothing is allocated, and
  /// nothing drawn that a state overwrites. The state that it goes on from must be restored next. Collective.
  ///
  /// - Parameters:
  ///   - new: what the other trial is asked to do, with the data, or the fold of it, that this trainer has.
  ///   - trial: its number.
  /// - Returns: false, with nothing changed, when the other trial is of another model, optimizer or share of
  ///   the data: it needs a trainer of its own.
  public mutating func takeUp(_ new: TrainingConfiguration, trial: Int) throws(TrainingError) -> Bool {
    guard isLiveChange(to: new) else { return false }
    let (peers, data, device) = (peers, data, model.store.device)
    let seed = Self.seed(ofTrial: trial, study: studySeed)
    stream = try peers.together { () throws(TrainingError) in
      try BatchStream(data, batchSize: new.batchSize, seed: seed, device: device)
    }
    self.seed = seed
    progress = TrainerProgress()
    var failure: TrainingError?
    do throws(TrainingError) { try adopt(new) } catch { failure = error }
    try peers.agree(failure)
    return true
  }

  /// Rebuilds the optimizer's transforms for the configuration and the place in the budget.
  mutating func updateTransform() throws(TrainingError) {
    let stepsPerUnit = stream.steps(per: configuration.budgetUnit)
    // The schedule follows the budget. Counted in epochs, that is not the number of steps done when the batch
    // size, and with it an epoch's number of steps, has changed on the way.
    let position =
      configuration.budgetUnit == .epochs ? stream.cursor.steps(of: stream.batchSize) : progress.step
    try optimizer.replaceTransform(
      configuration.optimizerTransform(stepsPerUnit: stepsPerUnit, stepOffset: position - progress.step))
  }
}

extension TrainingHyperparameters {
  /// Those that the optimizer and its schedule can tell.
  static let ofOptimizer = Set((optimization + schedule).map(\.name))
}
