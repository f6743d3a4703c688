// Hyperparameters in force: read from the running parts, and changed in them.
extension Trainer {
  public var description: TraineeDescription { configuration.description }

  public func effectiveHyperparameters() throws(TrainingError) -> [String: HyperparameterValue] {
    // The model and the schedule tell their own shapes; batch and smoothing are read where the steps read them.
    var live = configuration
    live.schedule = optimizer.rate?.configuration ?? live.schedule
    live.model = model.configuration
    live.batchSize = stream.batchSize
    live.usedDataShare = data.share
    live.usedResolution = data.resolution
    live.labelSmoothing = task.labelSmoothing
    live.augmentation = stream.augmentation
    let ofOptimizer = optimizer.effectiveHyperparameters
    var values: [String: HyperparameterValue] = [:]
    for (name, value) in live.hyperparameters {
      // What the scaling rule makes of an option is not what it is searched, perturbed and read back as.
      let isOptimizers =
        TrainingHyperparameters.ofOptimizer.contains(name)
        && !configuration.scalingRule.scaledOptions.contains(name)
      values[name] = isOptimizers ? ofOptimizer[name] : value
    }
    return values.merging(scheduled.peaks) { _, peak in peak }
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
    let before = (configuration, scheduled)
    configuration = new
    do throws(TrainingError) {
      scheduled = try ScheduledHyperparameters(new, stepsPerUnit: stepsPerUnit)
      try bringInForce()
    } catch {
      (configuration, scheduled) = before
      throw error
    }
    forgetLooksOfOthers()
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
    let (peers, data, device, resident) = (peers, data, model.store.device, stream.resident)
    let seed = Self.seed(ofTrial: trial, study: studySeed)
    stream = try peers.together { () throws(TrainingError) in
      try BatchStream(data, new, seed: seed, device: device, resident: resident)
    }
    self.seed = seed
    progress = TrainerProgress()
    var failure: TrainingError?
    do throws(TrainingError) { try adopt(new) } catch { failure = error }
    try peers.agree(failure)
    return true
  }
}

extension TrainingHyperparameters {
  /// Those that the optimizer can tell.
  static let ofOptimizer = Set(optimization.map(\.name))
}
