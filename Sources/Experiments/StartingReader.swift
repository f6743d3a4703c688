import Search
import Training
import Yams

/// Reads `search.baseline` and `search.first`: configurations that are tried before the sampler is asked.
///
///     baseline: {}                                    # what `training` and `model` say
///     first: [{learning_rate: 0.01}, {learning_rate: 0.03, batch_size: 128}]
struct StartingReader {
  let search: Section

  func read() -> StartingConfigurations {
    StartingConfigurations(
      baseline: search.optional("baseline", .configuration, absence: "no baseline"),
      first: search.value("first", .list(of: .configuration, atLeast: 0), default: []))
  }

  /// Gives what a configuration leaves out the value of `training` or `model`, where the space has that value
  /// and the parameter is active; of the others the sampler decides, except for the baseline's, which are a
  /// mistake.
  func complete(_ experiment: inout Experiment) {
    guard var starting = experiment.starting else { return }
    let space = experiment.space
    let defaults = Dictionary(
      space.parameters.compactMap { parameter in
        experiment.trainee.value(of: parameter.name).map { (parameter.name, ParameterValue($0)) }
      }
    ) { first, _ in first }
    do throws(SearchError) {
      try starting.validate(in: space)
    } catch {
      let key = starting.first.isEmpty ? "baseline" : starting.baseline == nil ? "first" : nil
      search.report(key, expected: error.expected, found: error.found, remedy: error.remedy)
      return
    }
    starting.first = starting.first.map { filled($0, defaults, in: space) }
    starting.baseline = starting.baseline.map { filled($0, defaults, in: space) }
    experiment.starting = starting
    guard let baseline = starting.baseline else { return }
    for parameter in space.parameters {
      guard baseline[parameter.name] == nil, space.isActive(parameter, given: baseline.values) else {
        continue
      }
      search.report(
        "baseline", expected: "\(parameter.domain) for \(parameter.name)",
        found: defaults[parameter.name].map { "\($0), its value without a search" } ?? "no value",
        remedy: "Write a value of \(parameter.name) in the baseline, or widen its range.")
    }
    if baseline.isComplete(in: space), !space.isAllowed(baseline) {
      search.report(
        "baseline", expected: "values that the constraints allow",
        found: "ones that \(space.constraints.map(\.text).joined(separator: "; ")) refuses",
        remedy: "Change the baseline, or the constraints.")
    }
  }

  private func filled(
    _ partial: Configuration, _ defaults: [String: ParameterValue], in space: SearchSpace
  ) -> Configuration {
    var values: [String: ParameterValue] = [:]
    for parameter in space.parameters where space.isActive(parameter, given: values) {
      let usual = defaults[parameter.name].flatMap { parameter.domain.contains($0) ? $0 : nil }
      values[parameter.name] = partial[parameter.name] ?? usual
    }
    return Configuration(values)
  }
}

extension ParameterValue {
  init(_ value: HyperparameterValue) {
    self =
      switch value {
      case .number(let number): .number(number)
      case .text(let text): .text(text)
      }
  }
}

extension Field<Configuration> {
  /// Names and values; an empty one is `{}`.
  static var configuration: Self {
    Self(
      expected: "hyperparameters with values, such as {learning_rate: 0.01}", standIn: Configuration(),
      shape: .mapping(to: .scalar, keys: [:]),
      read: { node in
        guard let mapping = node.mapping else { return nil }
        var values: [String: ParameterValue] = [:]
        for (key, value) in mapping {
          guard let name = key.scalar?.string, let value = Field<ParameterValue>.parameterValue.read(value)
          else {
            return nil
          }
          values[name] = value
        }
        return Configuration(values)
      },
      write: { configuration in
        let pairs = configuration.values.sorted { $0.key < $1.key }.map {
          (Node($0.key), Field<ParameterValue>.parameterValue.write($0.value))
        }
        return Node(pairs, .implicit, .flow)
      })
  }
}
