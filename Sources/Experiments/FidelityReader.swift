import Search
import Training

/// Reads `search.fidelity`: what grows with the budget in the place of the length of training.
///
///     fidelity: {name: data_share, type: float, low: 0.05, high: 1, scale: log, length: 20}
///     fidelity: {name: depth, type: ordinal, values: [8, 14, 20]}
struct FidelityReader {
  let search: Section
  let space: SpaceReader

  /// What was read, less what follows from the scheduler.
  struct Reading {
    var name: String
    var domain: Domain
    /// Nil for as long as the largest budget.
    var length: Int?
    let section: Section
  }

  func read() -> Reading? {
    guard search.contains("fidelity") else { return nil }
    let section = search.section("fidelity")
    defer { section.finish() }
    let name = section.required(
      "name", .text, remedy: "Write the hyperparameter that grows with the budget, such as data_share.")
    let known = space.trainee.hyperparameters.map(\.name)
    if section.contains("name"), !known.contains(name) {
      section.report(
        "name", expected: "a hyperparameter", found: name,
        remedy: suggestion(for: name, among: known))
    }
    return Reading(
      name: name, domain: space.domain(of: section),
      length: section.optional(
        "length", .integer(atLeast: 1), absence: "as many budget units as the largest budget"),
      section: section)
  }
}

/// A fidelity of a study whose scheduler is known.
struct CompleteFidelity {
  var fidelity: Fidelity
  /// With its values at the rungs: what they use must be trainable, not what lies between.
  var parameter: Parameter
}

extension FidelityReader.Reading {
  /// The fidelity of an experiment whose scheduler is known; nil when it cannot be, which is reported.
  ///
  /// - Parameter rungs: the budgets at which the scheduler compares trials.
  func complete(_ experiment: Experiment, rungs: [Int]) -> CompleteFidelity? {
    guard let full = rungs.last else {
      section.report(
        nil, expected: "a scheduler that compares trials at several budgets, each a training of its own",
        found: "the scheduler \(experiment.scheduler.kind.rawValue)",
        remedy:
          "Choose successive_halving, hyperband, asha, freeze_thaw, bohb, dehb or priorband, "
          + "or take search.fidelity out."
      )
      return nil
    }
    let fidelity = Fidelity(name: name, domain: domain, fullBudget: full, length: length ?? full)
    do throws(SearchError) {
      try SearchSpace([Parameter(name: name, domain: domain)]).validate()
      try fidelity.validate(in: experiment.space)
    } catch {
      section.report(key(of: error), expected: error.expected, found: error.found, remedy: error.remedy)
      return nil
    }
    let values = Parameter(name: name, domain: .ordinal(rungs.map(fidelity.value)))
    if let problem = SpaceCheck.ownProblem(of: values, for: experiment.trainee.description) {
      section.report(nil, expected: problem.expected, found: problem.found, remedy: problem.remedy)
      return nil
    }
    return CompleteFidelity(fidelity: fidelity, parameter: values)
  }

  /// The key that an error's subject ends with; nil for the section as a whole.
  private func key(of error: SearchError) -> String? {
    let key = error.subject.split(separator: ".").last.map(String.init)
    return key.flatMap { section.contains($0) ? $0 : nil }
  }
}
