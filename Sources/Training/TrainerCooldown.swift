// What is measured after a cooldown, of a trial that goes on without it.
extension Trainer {
  /// A cooldown under way: the trainer is another one than the trial's until it has been measured.
  struct Cooling {
    /// Where the schedules were when it began, and how far they go.
    let start: Int
    let steps: Int
    let descent: MeasuredCooldown.Descent
    /// What the trial goes on from.
    let before: TrainerProgress
    /// In the order of `stateParts`.
    let copies: [StateMemory]

    /// What the rate of a step is multiplied with: above 0 to the last, for a step without a rate does nothing.
    func factor(at position: Int) -> Double {
      Training.descent(descent.rawValue, Double(position - start + 1) / Double(steps + 1))
    }
  }

  /// Goes on to where the trial is measured, if it has a cooldown. What is left of an interrupted one is done by
  /// the next call; a snapshot is of the state before it all the while. Collective.
  ///
  /// - Returns: false where it was interrupted.
  mutating func cool(_ isInterrupted: () -> Bool) throws(TrainingError) -> Bool {
    guard configuration.cooldown.length > 0 else { return true }
    if cooling == nil { try beginCooling() }
    while let cooling, schedulePosition < cooling.start + cooling.steps {
      let report = try step(isInterrupted)
      if report.isInterrupted && schedulePosition < cooling.start + cooling.steps {
        try peers.agree(peers.failure)
        return false
      }
    }
    try peers.agree(peers.failure)
    return true
  }

  /// Does something with the state that a cooldown leads to, then is again what it was, bit for bit; only the time
  /// has passed. Without a cooldown, with the state as it is. Collective.
  ///
  /// - Throws: what training throws; the state is then whatever it came to.
  mutating func cooled<Result>(
    _ body: (inout Self) throws(TrainingError) -> Result
  ) throws(TrainingError) -> Result {
    _ = try cool { false }
    let result = try body(&self)
    try endCooling()
    return result
  }

  /// What is saved of the trial: in a cooldown, the state before it.
  var savedParts: [StatePart] {
    guard let cooling else { return stateParts }
    return zip(stateParts, cooling.copies).map { part, copy in
      var saved = part
      saved.place = .host(copy.writable.bindMemory(to: Float.self))
      return saved
    }
  }

  private mutating func beginCooling() throws(TrainingError) {
    let parts = stateParts
    let copies = try peers.together { () throws(TrainingError) in
      try Self.demand(of: parts.map(\.place.byteCount)).require()
      return try parts.map { part throws(TrainingError) in try part.place.copied() }
    }
    var before = progress
    (before.optimizer, before.hooks) = (optimizer.scalars, hooks.scalars)
    cooling = Cooling(
      start: schedulePosition,
      steps: max(1, Int((configuration.cooldown.length * Double(stepsPerUnit)).rounded())),
      descent: configuration.cooldown.descent, before: before, copies: copies)
  }

  mutating func endCooling() throws(TrainingError) {
    guard let cooling else { return }
    self.cooling = nil
    let parts = stateParts
    try peers.together { () throws(TrainingError) in
      for (part, copy) in zip(parts, cooling.copies) { try part.place.overwrite(from: copy.writable) }
    }
    var before = cooling.before
    (before.trainingSeconds, before.joules) = (progress.trainingSeconds, progress.joules)
    var failure: TrainingError?
    do throws(TrainingError) { try goOn(from: before) } catch { failure = error }
    try peers.agree(failure)
  }
}
