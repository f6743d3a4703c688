public import Randomness

/// Configurations that a user wants tried before any sampler is asked: trial 0 gets the baseline where there
/// is one, the next trials the others, in their order. Each may leave parameters out.
public struct StartingConfigurations: Hashable, Codable, Sendable {
  /// What the study's best is compared with.
  public var baseline: Configuration?
  public var first: [Configuration]

  public init(baseline: Configuration? = nil, first: [Configuration] = []) {
    self.baseline = baseline
    self.first = first
  }

  public var isEmpty: Bool { baseline == nil && first.isEmpty }

  /// What `trial` is to try, perhaps not of all parameters; nil when that is the sampler's to say.
  public func configuration(of trial: TrialID) -> Configuration? {
    if let baseline, trial.rawValue == 0 { return baseline }
    let place = trial.rawValue - (baseline == nil ? 0 : 1)
    return first.indices.contains(place) ? first[place] : nil
  }

  /// Checks that every value is its parameter's, and that every configuration can be completed.
  public func validate(in space: SearchSpace) throws(SearchError) {
    for configuration in [baseline].compactMap({ $0 }) + first {
      var random = CounterGenerator(seed: 0, purpose: .proposal)
      _ = try space.completed(configuration, using: &random)
    }
  }
}

extension SearchSpace {
  /// `partial`, and for every active parameter that it leaves out the value of `proposal`, or one drawn at
  /// random where that has none or the constraints refuse the whole. Values of parameters that the others
  /// make inactive are left out.
  /// - Throws: `SearchError` when a value is none of its parameter's, or a thousand draws meet nothing
  ///   allowed.
  public func completed(
    _ partial: Configuration, from proposal: Configuration = Configuration(),
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try validatePartial(partial)
    for attempt in 0..<1000 {
      var values: [String: ParameterValue] = [:]
      for (parameter, unit) in zip(parameters, uniformPoint(using: &random))
      where isActive(parameter, given: values) {
        values[parameter.name] =
          partial[parameter.name].map(parameter.domain.canonical)
          ?? (attempt == 0 ? proposal[parameter.name] : nil)
          ?? parameter.domain.value(at: unit)
      }
      let whole = Configuration(values)
      if isAllowed(whole) { return whole }
    }
    throw SearchError(
      subject: "starting configuration", expected: "values that the constraints allow",
      found: text(of: partial),
      remedy: "Change its values, or the constraints.")
  }

  private func validatePartial(_ partial: Configuration) throws(SearchError) {
    let names = parameters.map(\.name)
    for name in partial.values.keys.sorted() where !names.contains(name) {
      throw SearchError(
        subject: "starting configuration", expected: "a parameter of the search space", found: name,
        remedy: suggestion(for: name, among: names))
    }
    for parameter in parameters {
      guard let value = partial[parameter.name], !parameter.domain.contains(value) else { continue }
      throw SearchError(
        subject: "starting configuration", expected: "\(parameter.domain) for \(parameter.name)",
        found: "\(value)",
        remedy: "Correct the value, or widen the range.")
    }
  }

  private func text(of configuration: Configuration) -> String {
    parameters.compactMap { parameter in configuration[parameter.name].map { "\(parameter.name) \($0)" } }
      .joined(separator: ", ")
  }
}

extension Configuration {
  /// Whether every parameter that is active in it has a value.
  public func isComplete(in space: SearchSpace) -> Bool {
    space.parameters.allSatisfy { self[$0.name] != nil || !space.isActive($0, given: values) }
  }
}
