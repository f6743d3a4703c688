import Search

/// Compares what is told with what was asked.
struct TellCheck {
  let terms: StudyTerms
  /// Jobs that were asked for and not told, by trial.
  let atWork: [TrialID: Job]
  /// How many trials were asked for.
  let askedTrials: Int

  /// - Throws: `LineError` for the first trial that is wrong, by its place in the line.
  func check(_ trials: [ToldTrial]) throws(LineError) {
    var told: Set<TrialID> = []
    for (index, trial) in trials.enumerated() {
      do throws(LineError) {
        try check(trial)
        if let id = trial.id, !told.insert(id).inserted {
          throw LineError(
            "\(id)", expected: "one result", found: "two in this line", remedy: "Tell each trial once.")
        }
      } catch {
        var error = error
        error.subject = "trials[\(index)], \(error.subject)"
        throw error
      }
    }
  }

  private func check(_ trial: ToldTrial) throws(LineError) {
    try checkFidelity(trial)
    guard let id = trial.id else {
      guard trial.configuration != nil else {
        throw LineError(
          "params", expected: "the parameters of an outside observation", found: "nothing",
          remedy: "Write its params, or the id of a trial.")
      }
      return
    }
    guard let job = atWork[id] else {
      throw LineError(
        "\(id)", expected: "a trial at work",
        found: id.rawValue < askedTrials ? "one that was told before" : "one that was never asked for",
        remedy: "Tell each trial that an ask answered once, and others with \"id\":null.")
    }
    if let fidelity = terms.fidelity, let budget = trial.budget,
      fidelity.text(budget) != fidelity.text(job.target)
    {
      throw LineError(
        "\(id)", expected: "a result at fidelity \(fidelity.text(job.target)), as it was asked for",
        found: fidelity.text(budget), remedy: "Train the trial up to the fidelity of the answer.")
    }
    if let configuration = trial.configuration { try check(configuration, of: job) }
  }

  private func checkFidelity(_ trial: ToldTrial) throws(LineError) {
    guard let fidelity = terms.fidelity else {
      guard trial.budget == nil, trial.curve.isEmpty else {
        throw LineError(
          trial.budget == nil ? "curve" : "fidelity", expected: "nothing, because init named no fidelity",
          found: trial.budget.map(String.init) ?? "a curve",
          remedy: "Leave it out, or name a fidelity in init.")
      }
      return
    }
    let reached = trial.budget ?? trial.id.flatMap { atWork[$0]?.target } ?? fidelity.full
    let furthest = max(reached, trial.curve.last?.budget ?? 0)
    guard reached <= fidelity.full, furthest <= reached else {
      throw LineError(
        reached <= fidelity.full ? "curve" : "fidelity",
        expected: "a fidelity of at most \(fidelity.text(min(reached, fidelity.full)))",
        found: fidelity.text(furthest),
        remedy: "Tell what was measured up to the fidelity of the trial.")
    }
  }

  /// Told parameters are those of the answer; a float may have lost its last digits on the way.
  private func check(_ told: Configuration, of job: Job) throws(LineError) {
    for (name, asked) in job.configuration.values.sorted(by: { $0.key < $1.key }) {
      guard let value = told[name], Self.isSame(value, asked) else {
        throw LineError(
          "params.\(name) of \(job.trial)", expected: "\(asked), as it was asked for",
          found: told[name]?.description ?? "nothing",
          remedy: "Leave params out, or tell other parameters with \"id\":null.")
      }
    }
  }

  private static func isSame(_ first: ParameterValue, _ second: ParameterValue) -> Bool {
    guard case .number(let first) = first, case .number(let second) = second else { return first == second }
    return abs(first - second) <= 1e-9 * max(abs(first), abs(second))
  }
}
