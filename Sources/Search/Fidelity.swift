import RealModule

/// A hyperparameter that grows with the budget, in the place of the length of training: a share of the data,
/// a width, a depth. Trials are compared where training is cheap, and the best of them where it is not.
///
/// Every training has the full length. A state of a smaller fidelity belongs to another model or other data,
/// so a promoted trial begins again from new weights (the fidelities of Kandasamy et al., "Multi-fidelity
/// Bayesian optimisation with continuous approximations", ICML 2017, as the resource of Li et al.,
/// "Hyperband", JMLR 18:185, 2018).
public struct Fidelity: Hashable, Codable, Sendable {
  /// The hyperparameter's, such as `data_share`.
  public var name: String
  /// Its values, in an order, from the cheapest to the one that counts.
  public var domain: Domain
  /// The budget of a complete trial, at least 1: R.
  public var fullBudget: Int
  /// How long every training is, in the study's budget unit, at least 1.
  public var length: Int

  public init(name: String, domain: Domain, fullBudget: Int, length: Int) {
    self.name = name
    self.domain = domain
    self.fullBudget = fullBudget
    self.length = length
  }

  /// The hyperparameter's value at a budget from 1 to `fullBudget`: the first value at 1, the last one at the
  /// full budget, and never a lower one for a higher budget.
  ///
  /// Linear in the budget where the domain is linear, so that a domain from high / R to high is proportional
  /// to it; else the logarithms of both agree, and the rungs of halving lie at even places of a list of
  /// values.
  public func value(at budget: Int) -> ParameterValue {
    let place = isLinear ? linearPlace(of: budget) : logarithmicPlace(of: budget)
    // ln 3 / ln 27 may be a trifle below the third of the cells that it stands for.
    return domain.value(at: domain.count == nil ? place : place + 1e-9)
  }

  private func linearPlace(of budget: Int) -> Double {
    fullBudget > 1 ? Double(budget - 1) / Double(fullBudget - 1) : 1
  }

  private func logarithmicPlace(of budget: Int) -> Double {
    fullBudget > 1 ? Double.log(Double(budget)) / Double.log(Double(fullBudget)) : 1
  }

  private var isLinear: Bool {
    switch domain {
    case .float(_, _, let scale), .integer(_, _, let scale), .quantized(_, _, _, let scale): scale == .linear
    case .ordinal, .categorical: false
    }
  }

  /// What budgets are counted in, for people: `units of data_share`.
  public var unit: String { "units of \(name)" }
}

extension Fidelity {
  /// - Throws: `SearchError` for a domain without order or without numbers, or one that the study's space
  ///   searches.
  public func validate(in space: SearchSpace) throws(SearchError) {
    try domain.validate(subject: "fidelity.type")
    for (name, value) in [("full_budget", fullBudget), ("length", length)] {
      guard (1...1_000_000_000).contains(value) else {
        throw SearchError(
          subject: "fidelity.\(name)", expected: "a number from 1 to 1000000000", found: "\(value)",
          remedy: "Use a larger unit of budget.")
      }
    }
    let first = domain.value(at: 0)
    guard !domain.isCategorical, case .number = first else {
      throw SearchError(
        subject: "fidelity.type", expected: "numbers in an order", found: "\(domain)",
        remedy: "Write float, integer, ordinal or power_of_two.")
    }
    guard !space.parameters.contains(where: { $0.name == name }) else {
      throw SearchError(
        subject: "fidelity.name", expected: "a hyperparameter that is not searched",
        found: "\(name), which search.space has too",
        remedy: "Take it out of search.space: the budget decides it.")
    }
  }
}
