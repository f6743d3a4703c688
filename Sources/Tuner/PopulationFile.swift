internal import HDF5
public import Search

/// `population.h5`: the newest complete generation, its members' weights by links to their checkpoints. The
/// format is described in docs/checkpoint-format.md.
public enum PopulationFile {
  /// What the root's attribute `format` says.
  public static let format = "tuner-mpi population"
  /// Raised when an older program could not read a newer file.
  public static let version = 1

  /// Replaces the file at `path`, durably; a kill at any moment leaves the old file or the new one.
  ///
  /// - Parameters:
  ///   - study: the study's name.
  ///   - budgetUnit: `steps` or `epochs`.
  ///   - path: in the run directory, because the members' checkpoints are relative to it.
  ///   - mayTryAgain: asked when the disk is full or read-only, with the error's words; may take its time.
  public static func write(
    _ population: Population, of study: String, objective: Objective, budgetUnit: String, to path: String,
    whenFull mayTryAgain: (String) -> Bool = { _ in false }
  ) throws(TunerError) {
    while true {
      do throws(HDF5Error) {
        return try replace(path, by: population, of: study, objective, budgetUnit)
      } catch {
        guard error.mayMendItself, mayTryAgain(error.description) else { throw TunerError(error) }
      }
    }
  }

  private static func replace(
    _ path: String, by population: Population, of study: String, _ objective: Objective, _ budgetUnit: String
  ) throws(HDF5Error) {
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.setAttribute("format", to: format)
      try root.setAttribute("format_version", to: version)
      try root.setAttribute("study", to: study)
      try root.setAttribute("generation", to: population.generation)
      try root.setAttribute("metric", to: objective.metric)
      try root.setAttribute("goal", to: objective.goal.rawValue)
      try root.setAttribute("budget_unit", to: budgetUnit)
      try root.writeTables(population.members)
      let members = try root.makeGroup("members")
      for member in population.members {
        try members.makeGroup("trial-\(padded(member.trial.rawValue))").write(member)
      }
    }
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}

// One row a member: what plots and tables are made from.
extension HDF5Group {
  fileprivate func writeTables(_ members: [Population.Member]) throws(HDF5Error) {
    try write(members.map(\.trial.rawValue), as: "trial")
    try write(members.map(\.budget), as: "budget")
    try write(members.map { $0.score ?? .nan }, as: "score")
    try write(members.map { $0.originState?.trial.rawValue ?? -1 }, as: "origin_trial")
    try write(members.map { $0.originState?.budget ?? -1 }, as: "origin_budget")
    let group = try makeGroup("hyperparameters")
    for name in Set(members.flatMap(\.configuration.values.keys)).sorted() {
      let column = members.map { $0.configuration[name] }
      if column.contains(where: { if case .text = $0 { true } else { false } }) {
        try group.write(column.map { $0.map(\.words) ?? "" }, as: name)
      } else {
        try group.write(
          column.map { if case .number(let number) = $0 { number } else { Double.nan } }, as: name)
      }
    }
  }
}

// One member's group.
extension HDF5Group {
  fileprivate func write(_ member: Population.Member) throws(HDF5Error) {
    try setAttribute("trial", to: member.trial.rawValue)
    try setAttribute("budget", to: member.budget)
    if let score = member.score { try setAttribute("score", to: score) }
    try setAttribute("origin", to: member.origin.word)
    if let origin = member.originState {
      try setAttribute("origin_trial", to: origin.trial.rawValue)
      try setAttribute("origin_budget", to: origin.budget)
    }
    let hyperparameters = try makeGroup("hyperparameters")
    for (name, value) in member.configuration.values.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .number(let number): try hyperparameters.setAttribute(name, to: number)
      case .text(let text): try hyperparameters.setAttribute(name, to: text)
      }
    }
    if let checkpoint = member.checkpoint {
      try setAttribute("checkpoint", to: checkpoint)
      try makeExternalLink("state", to: "/", in: checkpoint)
    }
  }
}

extension Origin {
  fileprivate var word: String {
    switch self {
    case .fresh: "fresh"
    case .resume: "resume"
    case .fork: "fork"
    }
  }
}

extension Population.Member {
  /// The state that the member's newest job started from; nil for new weights.
  fileprivate var originState: StateKey? {
    switch origin {
    case .fresh: nil
    case .resume(let budget): StateKey(trial: trial, budget: budget)
    case .fork(let parent, let budget): StateKey(trial: parent, budget: budget)
    }
  }
}

extension ParameterValue {
  fileprivate var words: String {
    switch self {
    case .number(let number): Int(exactly: number).map(String.init) ?? String(number)
    case .text(let text): text
    }
  }
}

extension TunerError {
  /// What does not hold in a file is damage, and a refused system call the system's.
  init(_ error: HDF5Error) {
    let place = error.object.isEmpty ? error.file : "\(error.file): \(error.object)"
    switch error.problem {
    case .unexpected(let expected, let found, let remedy):
      self.init(.damaged, subject: place, expected: expected, found: found, remedy: remedy)
    case .checksum, .library, .system:
      let kind: Kind = error.systemCode == nil ? .damaged : .system
      self.init(
        kind, subject: place, expected: "a file that can be read and written", found: error.description,
        remedy: kind == .damaged ? "Use an older file or a copy." : "Try again when that is mended.")
    }
  }
}

extension PopulationFile {
  /// Reads every array and attribute of a file.
  ///
  /// - Throws: `TunerError` of kind `damaged` where one does not hold.
  public static func verify(_ path: String) throws(TunerError) {
    do throws(HDF5Error) {
      let file = try HDF5File.open(path, checksums: .required)
      guard try file.root.hasAttribute("format"), try file.root.attribute("format") == format else {
        throw HDF5Error(
          file: path, object: "/@format",
          problem: .unexpected(
            expected: "\"\(format)\"", found: "another kind of file",
            remedy: "The next generation replaces it."))
      }
      _ = try file.root.attribute("generation", as: Int.self)
      for name in ["trial", "budget", "origin_trial", "origin_budget"] {
        _ = try file.root.read(name, as: Int.self)
      }
      _ = try file.root.read("score", as: Double.self)
      let members = try file.root.group("members")
      for name in try members.names() {
        let member = try members.group(name)
        for value in ["trial", "budget"] { _ = try member.attribute(value, as: Int.self) }
        _ = try member.group("hyperparameters").attributeNames()
      }
    } catch {
      throw TunerError(error)
    }
  }
}
