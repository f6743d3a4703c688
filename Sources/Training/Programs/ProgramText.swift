internal import Foundation

/// An argument of a command, in which `{name}` stands for a value; `{{` and `}}` for a brace.
struct ProgramText {
  private enum Part: Equatable {
    case text(String)
    case placeholder(String)
  }

  private var parts: [Part] = []

  /// - Throws: `TrainingError.invalid` for a brace without its partner.
  init(_ argument: String) throws(TrainingError) {
    var text = ""
    var rest = Substring(argument)
    while let character = rest.popFirst() {
      switch character {
      case "{" where rest.first == "{", "}" where rest.first == "}":
        text.append(rest.removeFirst())
      case "{":
        guard let end = rest.firstIndex(of: "}"), end > rest.startIndex, !rest[..<end].contains("{") else {
          throw Self.unpaired("{", argument)
        }
        if !text.isEmpty { parts.append(.text(text)) }
        text = ""
        parts.append(.placeholder(String(rest[..<end])))
        rest = rest[rest.index(after: end)...]
      case "}": throw Self.unpaired("}", argument)
      default: text.append(character)
      }
    }
    if !text.isEmpty { parts.append(.text(text)) }
  }

  private static func unpaired(_ brace: String, _ argument: String) -> TrainingError {
    .invalid(
      subject: "trainee.command", expected: "a name between braces, such as {budget}",
      found: "a lone \(brace) in \(argument)", remedy: "Write \(brace)\(brace) for the brace itself.")
  }

  var placeholders: [String] {
    parts.compactMap { if case .placeholder(let name) = $0 { name } else { nil } }
  }

  /// - Parameter value: nil for a name that means nothing, which stays as it is.
  func filled(_ value: (String) -> String?) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .placeholder(let name): value(name) ?? "{\(name)}"
      }
    }.joined()
  }
}

extension ProgramConfiguration {
  /// What a placeholder of a plain command may mean beside hyperparameters.
  static let placeholdersOfTrial = ["budget", "state", "seed", "trial", "directory"]
  /// What one of any command may mean.
  static let placeholdersOfPlace = ["rank", "ranks"]

  /// All that is wrong with it in itself.
  public func validate() -> [TrainingError] {
    var problems: [TrainingError] = []
    func check(_ body: () throws(TrainingError) -> Void) {
      do throws(TrainingError) { try body() } catch { problems.append(error) }
    }
    for argument in command {
      check { () throws(TrainingError) in try checkPlaceholders(of: ProgramText(argument), in: argument) }
    }
    for metric in metrics {
      check { () throws(TrainingError) in try checkPattern(of: metric) }
    }
    return problems + validateFixed()
  }

  /// Checks that the program is there. Local.
  func checkPlace() throws(TrainingError) {
    guard let program = command.first, !program.contains("{") else { return }
    let path = environment["PATH"] ?? ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let places = program.contains("/") ? [program] : path.split(separator: ":").map { "\($0)/\(program)" }
    let base = directory.map { "\($0)/" } ?? ""
    let isThere = places.contains { access($0.hasPrefix("/") ? $0 : base + $0, X_OK) == 0 }
    guard !isThere else { return }
    throw .place(
      subject: "trainee.command", expected: "a program that can be started", found: "no \(program)",
      remedy: program.contains("/") ? "Correct its path." : "It is looked for in PATH: \(path)")
  }

  private func checkPlaceholders(of text: ProgramText, in argument: String) throws(TrainingError) {
    for name in text.placeholders where !Self.placeholdersOfPlace.contains(name) {
      if isDialogue {
        throw .invalid(
          subject: "trainee.command",
          expected: "only {rank} and {ranks} in a command that speaks the dialogue",
          found: argument,
          remedy:
            "It lives on from trial to trial, and is told of each one: ask trial[\"\(name)\"] in the script.")
      }
      if Self.placeholdersOfTrial.contains(name) || hyperparameters[name] != nil { continue }
      if searched.contains(name) {
        // A configuration in which it means nothing; before any trial nothing has a value.
        if values.isEmpty { continue }
        throw .invalid(
          subject: name, expected: "a value for {\(name)} in every configuration", found: "none",
          remedy: "Write what it is when it is not searched in trainee.settings.")
      }
      let known = (searched + settings.keys).sorted() + Self.placeholdersOfTrial + Self.placeholdersOfPlace
      throw .invalid(
        subject: "trainee.command", expected: "one of \(known.joined(separator: ", ")) between braces",
        found: "{\(name)}", remedy: "Correct the name, or write {{\(name)}} for the text itself.")
    }
  }

  private func checkPattern(of metric: PrintedMetric) throws(TrainingError) {
    guard let pattern = metric.pattern else { return }
    let groups = MetricPattern(pattern)?.groups
    if groups == 1 { return }
    throw .invalid(
      subject: "trainee.metrics",
      expected: "a regular expression with one group, the number, for \(metric.name)",
      found: groups == nil ? "\(pattern), which is none" : "\(groups ?? 0) groups in \(pattern)",
      remedy: #"Write for instance 'val acc:\s+(\S+)'."#)
  }
}
