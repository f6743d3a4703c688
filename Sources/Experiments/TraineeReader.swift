import Search
import Training
import Yams

/// Reads `trainee`: what a trial is of, where that is not a built-in model.
///
///     trainee:
///       command: [python3, train.py, --lr, "{learning_rate}", --epochs, "{budget}", --dir, "{state}"]
///       metrics: {val_accuracy: 'val acc:\s+(\S+)'}
///
///     trainee: {kind: plugin, library: ./solver.so, metrics: [residual], fixed: [size]}
struct TraineeReader {
  let root: Section
  /// The names of the search space.
  let searched: [String]

  private enum Kind: String, CaseIterable {
    case builtin, command, plugin
  }

  /// Nil where the file describes a built-in model.
  func read() -> TraineeConfiguration? {
    let section = root.section("trainee")
    let kind: Kind = section.variant(
      default: section.contains("command") ? .command : section.contains("library") ? .plugin : .builtin)
    defer { section.finish() }
    switch kind {
    case .builtin: return nil
    case .command: return .command(readProgram(section))
    case .plugin: return .plugin(readPlugin(section))
    }
  }

  private func readPlugin(_ section: Section) -> PluginConfiguration {
    PluginConfiguration(
      section.required(
        "library", .text, remedy: "Write the path of the shared library, such as ./solver.so."),
      metrics: section.required(
        "metrics", .list(of: .text, atLeast: 1, atMost: 1_000),
        remedy: "Name those of its metrics that the study uses, such as [residual]."),
      settings: readSettings(section), searched: searched, fixed: readFixed(section),
      keepsState: section.value("state", .truth, default: true))
  }

  private func readSettings(_ section: Section) -> [String: HyperparameterValue] {
    readMapping("settings", .parameterValue, section).mapValues(HyperparameterValue.init)
  }

  private func readFixed(_ section: Section) -> [String] {
    section.value("fixed", .list(of: .text, atLeast: 0, atMost: 1_000), default: [])
  }

  private func readProgram(_ section: Section) -> ProgramConfiguration {
    let command = section.required(
      "command", .list(of: .text, atLeast: 1, atMost: 10_000),
      remedy: "Write the program and its arguments, such as [python3, train.py, --lr, \"{learning_rate}\"].")
    let isDialogue = section.value("dialogue", .truth, default: false)
    let usesState = command.contains { $0.contains("{state}") }
    return ProgramConfiguration(
      command, isDialogue: isDialogue,
      processes: section.value(
        "processes", .choice(), default: isDialogue ? .rank : .group,
        describedAs: "rank in a dialogue, else group"),
      metrics: readMetrics(section),
      settings: readSettings(section), searched: searched, fixed: readFixed(section),
      environment: readMapping("environment", .anyText, section),
      directory: section.optional("directory", .text, absence: "where the run is started"),
      keepsState: section.value(
        "state", .truth, default: isDialogue || usesState,
        describedAs: "true of a plug-in and in a dialogue, else whether the command has {state}"),
      hostSuffix: section.optional("host_suffix", .text, absence: "none") ?? "", limits: readLimits(section))
  }

  /// A mapping to patterns, or a list of names.
  private func readMetrics(_ section: Section) -> [PrintedMetric] {
    if section.isMapping("metrics") {
      return readMapping("metrics", .text, section, inOrder: true).map { PrintedMetric($0.key, pattern: $0.value) }
    }
    return section.required(
      "metrics", .list(of: .text, atLeast: 1, atMost: 1_000),
      remedy: "Name what the program reports, [val_accuracy], or how to find it, {val_accuracy: 'acc: (\\S+)'}."
    ).map { PrintedMetric($0) }
  }

  private func readLimits(_ section: Section) -> ProgramLimits {
    let limits = section.section("limits")
    defer { limits.finish() }
    var read = ProgramLimits()
    read.secondsToStart = limits.value("seconds_to_start", .number(atLeast: 0), default: read.secondsToStart)
    read.secondsOfSilence = limits.value("seconds_of_silence", .number(atLeast: 0), default: read.secondsOfSilence)
    read.seconds = limits.value("seconds", .number(atLeast: 0), default: read.seconds)
    let mebibyte = Double(1 << 20)
    read.memory = Int(
      mebibyte * limits.value("mebibytes", .number(from: 0, through: 1e9), default: Double(read.memory) / mebibyte))
    read.failuresInARow = limits.value(
      "failures_in_a_row", .integer(atLeast: 0, atMost: 1_000_000), default: read.failuresInARow)
    return read
  }

  private func readMapping<Value>(
    _ key: String, _ field: Field<Value>, _ section: Section
  ) -> [String: Value] {
    Dictionary(readMapping(key, field, section, inOrder: true)) { first, _ in first }
  }

  private func readMapping<Value>(
    _ key: String, _ field: Field<Value>, _ section: Section, inOrder: Bool
  ) -> [(key: String, value: Value)] {
    let mapping = section.section(key)
    defer { mapping.finish() }
    return mapping.keys.map { name in
      (key: name, value: mapping.required(name, field, remedy: "Write its value."))
    }
  }
}

extension Field<String> {
  /// Any scalar, as it is written; empty ones too.
  static var anyText: Self {
    Self(
      expected: "a text", standIn: "", shape: .known([]), read: { $0.scalar?.string },
      write: { Node($0, .implicit, .doubleQuoted) })
  }
}
