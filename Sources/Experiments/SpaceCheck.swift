import Search
import Training

/// Checks that what a space proposes can be trained: every bound and choice is a value that its
/// hyperparameter takes, and that the group of ranks can divide.
struct SpaceCheck {
  let training: TrainingConfiguration
  let ranksPerTrial: Int
  let space: SearchSpace
  let section: Section

  func run() {
    for parameter in space.parameters where Hyperparameters.named(parameter.name) != nil {
      if let problem = firstProblem(of: parameter) {
        section.report(
          parameter.name, expected: problem.expected, found: problem.found, remedy: problem.remedy)
      }
    }
  }

  /// The first value of `parameter` that cannot be trained; nil when all that stand for it can.
  func firstProblem(of parameter: Parameter) -> (expected: String, found: String, remedy: String)? {
    do throws(TrainingError) {
      let base = try active(parameter, in: training)
      let known = base.validate(ranksPerTrial: ranksPerTrial)
      for value in samples(of: parameter.domain) {
        let candidate = try base.setting(parameter.name, to: HyperparameterValue(value))
        let new = candidate.validate(ranksPerTrial: ranksPerTrial).filter { !known.contains($0) }
        if let problem = new.first { throw problem }
      }
      return nil
    } catch {
      return error.parts
    }
  }

  /// The configuration in which `parameter` is active: what it depends on has the first value that makes it
  /// so.
  private func active(
    _ parameter: Parameter, in base: TrainingConfiguration
  ) throws(TrainingError) -> TrainingConfiguration {
    var base = base
    for condition in parameter.condition?.all ?? [] {
      guard let parent = space.parameters.first(where: { $0.name == condition.parameter }),
        let value = condition.requirement.example(of: parent.domain)
      else { continue }
      base = try active(parent, in: base).setting(parent.name, to: HyperparameterValue(value))
    }
    return base
  }

  /// The values that stand for a domain: its ends, or all of its choices. The second integer shows whether
  /// any integer will do.
  private func samples(of domain: Domain) -> [ParameterValue] {
    switch domain {
    case .float(let low, let high, _): [.number(low), .number(high)]
    case .integer(let low, let high, _): [low, min(low + 1, high), high].map { .number(Double($0)) }
    case .quantized(let low, let high, let step, _):
      [.number(low), .number(low + step), domain.value(at: 1)].filter {
        $0 != .number(low + step) || low + step <= high
      }
    case .ordinal(let choices), .categorical(let choices): choices
    }
  }
}

extension Condition.Requirement {
  /// A value that meets it.
  fileprivate func example(of domain: Domain) -> ParameterValue? {
    switch self {
    case .oneOf(let values): values.first
    case .range(let low?, _) where domain.contains(low): low
    case .range(_, let high?) where domain.contains(high): high
    // The ends do not lie on the domain's values, or beyond them.
    case .range:
      (0...1000).lazy.map { domain.value(at: Double($0) / 1000) }.first { isMet(by: $0, of: domain) }
    }
  }
}

extension HyperparameterValue {
  init(_ value: ParameterValue) {
    self =
      switch value {
      case .number(let number): .number(number)
      case .text(let text): .text(text)
      }
  }
}

extension TrainingError {
  /// What an experiment file's problem is made of.
  var parts: (expected: String, found: String, remedy: String) {
    switch self {
    case .invalid(_, let expected, let found, let remedy), .data(_, let expected, let found, let remedy):
      (expected, found, remedy)
    case .diverged, .library:
      ("values that can be trained", description, "See docs/experiment-file.md.")
    }
  }
}
