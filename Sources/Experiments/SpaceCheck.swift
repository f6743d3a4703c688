import Search
import Training

/// Checks that what a space proposes can be trained: every value is one that its hyperparameter takes, and no
/// combination of them is one that the model, the optimizer or the group of ranks refuses.
///
/// A study would otherwise lose a share of its trials, at their beginning, for a reason that its file shows.
struct SpaceCheck {
  /// Something that can be proposed and cannot be trained.
  struct Problem: Equatable {
    /// The parameter that it is reported at.
    var parameter: String
    var expected: String
    var found: String
    var remedy: String
  }

  /// What a configuration comes to.
  private struct Verdict {
    /// Why it cannot be set at all.
    var refusal: TrainingError?
    var problems: [TrainingError] = []
  }

  let trainee: TraineeConfiguration
  let ranksPerTrial: Int
  /// What is searched; a fidelity with its values at the rungs is a parameter like any other.
  let space: SearchSpace
  private let verdicts: [(configuration: Configuration, verdict: Verdict)]
  /// What is wrong whatever the search proposes: with the file's own values.
  let lasting: [TrainingError]

  /// - Parameter starting: what the user wants tried besides what the space proposes.
  init(
    _ trainee: TraineeConfiguration, ranksPerTrial: Int, space: SearchSpace,
    starting: [Configuration] = []
  ) {
    self.trainee = trainee
    self.ranksPerTrial = ranksPerTrial
    self.space = space
    let probes = space.probes() + starting.filter { $0.isComplete(in: space) }
    verdicts = probes.map { ($0, Self.verdict(on: $0, trainee, ranksPerTrial)) }
    let settable = verdicts.map(\.verdict).filter { $0.refusal == nil }
    lasting = trainee.validate(ranksPerTrial: ranksPerTrial).filter { problem in
      settable.allSatisfy { $0.problems.contains(problem) }
    }
  }

  private static func verdict(
    on configuration: Configuration, _ trainee: TraineeConfiguration, _ ranks: Int
  ) -> Verdict {
    do throws(TrainingError) {
      let values = configuration.values.mapValues { HyperparameterValue($0) }
      return Verdict(problems: try trainee.setting(values).validate(ranksPerTrial: ranks))
    } catch {
      return Verdict(refusal: error)
    }
  }

  /// The first configuration for each hyperparameter that something is wrong with, in the order of the probes.
  func problems() -> [Problem] {
    var subjects: Set<String> = []
    var problems: [Problem] = []
    for (configuration, verdict) in verdicts {
      guard let error = error(of: verdict), subjects.insert(error.subject).inserted,
        let problem = problem(error, configuration)
      else { continue }
      problems.append(problem)
    }
    return problems
  }

  private func error(of verdict: Verdict) -> TrainingError? {
    verdict.refusal ?? verdict.problems.first { !lasting.contains($0) }
  }

  private func error(of configuration: Configuration) -> TrainingError? {
    error(of: Self.verdict(on: configuration, trainee, ranksPerTrial))
  }

  /// Names the parameters that the error is about: those whose other values mend it.
  private func problem(_ error: TrainingError, _ configuration: Configuration) -> Problem? {
    let subject = error.subject
    let active = space.parameters.map(\.name).filter { configuration[$0] != nil }
    let others = active.filter { name in
      name != subject
        && space.variations(of: name, in: configuration).contains { self.error(of: $0)?.subject != subject }
    }
    var (expected, found, remedy) = error.parts
    guard let parameter = active.first(where: { $0 == subject }) ?? others.first ?? active.first else {
      return nil
    }
    if parameter != subject {
      expected = "values for which \(subject) is \(expected)"
      found = "\(subject) \(found)"
    }
    guard !others.isEmpty else {
      return Problem(
        parameter: parameter, expected: expected, found: found,
        remedy: ranges(of: parameter, in: configuration) ?? remedy)
    }
    let values = others.map { "\($0) \(configuration[$0].map(\.description) ?? "")" }
    if !remedy.contains("`when`") {
      remedy +=
        " Or exclude the combination: by `when`, by search.constraints, or by values that go together."
    }
    return Problem(
      parameter: parameter, expected: expected,
      found: "\(found) with \(values.joined(separator: " and "))", remedy: remedy)
  }

  /// How to write the integers that can be trained, where some between the ends cannot; nil where that is not
  /// known.
  private func ranges(of name: String, in configuration: Configuration) -> String? {
    let most = 64
    guard let domain = space.parameters.first(where: { $0.name == name })?.domain, case .integer = domain,
      let count = domain.count, count <= most
    else { return nil }
    let possible = space.variations(of: name, in: configuration, most: most)
      .filter { error(of: $0) == nil }.compactMap { $0[name]?.integer }
    guard let first = possible.first, let last = possible.last, possible.count >= 2 else { return nil }
    let step = possible[1] - possible[0]
    if zip(possible, possible.dropFirst()).allSatisfy({ $1 - $0 == step }) {
      return "Write low: \(first), high: \(last), step: \(step)."
    }
    guard possible.count <= 12 else { return nil }
    return "Write type: ordinal, values: [\(possible.map(String.init).joined(separator: ", "))]."
  }
}

// Of a parameter alone, whatever else the file says.
extension SpaceCheck {
  /// Values of its domain that the hyperparameter never takes; nil where it takes all of them.
  static func ownProblem(of parameter: Parameter, for trainee: TraineeDescription) -> Problem? {
    guard let kind = trainee.hyperparameter(named: parameter.name)?.kind else { return nil }
    let (name, domain) = (parameter.name, parameter.domain)
    if case .text(let choices) = kind, !domain.isList {
      return Problem(
        parameter: name, expected: kind.description, found: "\(domain)",
        remedy: "Write type: categorical, choices: [\(choices.joined(separator: ", "))].")
    }
    if case .integer = kind, !domain.isWhole {
      return Problem(
        parameter: name, expected: "whole numbers, because \(name) takes \(kind)", found: "\(domain)",
        remedy: "Write type: integer.")
    }
    for value in domain.ends where !kind.accepts(HyperparameterValue(value)) {
      return Problem(
        parameter: name, expected: kind.description, found: "\(value)",
        remedy: "Correct the value, or narrow the range of the search space.")
    }
    return nil
  }
}

extension Domain {
  /// Whether its values are listed.
  fileprivate var isList: Bool {
    switch self {
    case .ordinal, .categorical: true
    case .float, .integer, .quantized: false
    }
  }

  /// Whether a range has whole numbers alone; true of a list, whose values are looked at one by one.
  fileprivate var isWhole: Bool {
    switch self {
    case .float: false
    case .quantized(let low, _, let step, _): low == low.rounded() && step == step.rounded()
    case .integer, .ordinal, .categorical: true
    }
  }

  /// Both ends of a range, or all of a list: hyperparameters take intervals.
  fileprivate var ends: [ParameterValue] {
    switch self {
    case .ordinal(let choices), .categorical(let choices): choices
    case .float(let low, let high, _): [.number(low), .number(high)]
    case .integer(let low, let high, _): [.number(Double(low)), .number(Double(high))]
    case .quantized: [value(at: 0), value(at: 1)]
    }
  }
}

extension ParameterValue {
  fileprivate var integer: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }
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
    case .invalid(_, let expected, let found, let remedy), .data(_, let expected, let found, let remedy),
      .memory(_, let expected, let found, let remedy), .place(_, let expected, let found, let remedy):
      (expected, found, remedy)
    default: ("values that can be trained", description, "See docs/experiment-file.md.")
    }
  }

  /// The hyperparameter, key or file that it is about; empty where it names none.
  var subject: String {
    switch self {
    case .invalid(let subject, _, _, _), .data(let subject, _, _, _): subject
    default: ""
    }
  }
}
