// What is measured after a cooldown, of a trial that goes on without it.
extension Trainer {
  /// A cooldown under way.
  struct Cooling {
    /// The step that it began with.
    let start: Int
    let steps: Int
    let descent: MeasuredCooldown.Descent

    /// What the rate of a step is multiplied with: above 0 to the last, for a step without a rate does nothing.
    func factor(at step: Int) -> Double {
      Training.descent(descent.rawValue, Double(step - start + 1) / Double(steps + 1))
    }
  }

  /// Does something with the state that a cooldown leads to, then is again what it was, bit for bit; only the time
  /// has passed. Without a cooldown, with the state as it is. Collective.
  ///
  /// - Throws: what training throws; the state is then whatever it came to.
  mutating func cooled<Result>(
    _ body: (inout Self) throws(TrainingError) -> Result
  ) throws(TrainingError) -> Result {
    guard configuration.cooldown.length > 0 else { return try body(&self) }
    let start = ContinuousClock.now
    var before = progress
    before.optimizer = optimizer.scalars
    let parts = stateParts
    let copies = try peers.together { () throws(TrainingError) in
      try Self.demand(of: parts.map(\.place.byteCount)).require()
      return try parts.map { part throws(TrainingError) in try part.place.copied() }
    }
    defer { cooling = nil }
    try cool()
    let result = try body(&self)
    cooling = nil
    try peers.together { () throws(TrainingError) in
      for (part, copy) in zip(parts, copies) { try part.place.overwrite(from: copy.writable) }
    }
    if let seconds = before.trainingSeconds { before.trainingSeconds = seconds + start.secondsUntilNow }
    var failure: TrainingError?
    do throws(TrainingError) { try goOn(from: before) } catch { failure = error }
    try peers.agree(failure)
    return result
  }

  private mutating func cool() throws(TrainingError) {
    let steps = max(1, Int((configuration.cooldown.length * Double(stepsPerUnit)).rounded()))
    cooling = Cooling(start: progress.step, steps: steps, descent: configuration.cooldown.descent)
    for _ in 0..<steps { _ = try step { false } }
    try peers.agree(peers.failure)
  }
}
