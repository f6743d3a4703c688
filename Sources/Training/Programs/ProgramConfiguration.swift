/// A trainee that is somebody else's program: how it is started, what it is told, and what is read from it.
///
/// One process for each rank of a group, or one for the group. A plain command trains to its budget and ends; one in a
/// dialogue lives on from trial to trial, and answers what it is asked (docs/trainee.md).
public struct ProgramConfiguration: PassedOnHyperparameters, Equatable, Sendable {
  /// Which ranks of a group start a process.
  public enum Processes: String, Codable, CaseIterable, Sendable {
    /// Each one.
    case rank
    /// The group's first.
    case group
  }

  /// The program and what it is called with, one argument each; no shell reads them. `{name}` stands for a value.
  public var command: [String]
  /// Whether it speaks the dialogue.
  public var isDialogue: Bool
  public var processes: Processes
  public var metrics: [PrintedMetric]
  /// Values by name that no trial changes, unless the search does.
  public var settings: [String: HyperparameterValue]
  /// The names that the study searches, in its order.
  public var searched: [String]
  /// Of these, which a program in a dialogue cannot change while a trial runs.
  public var fixed: [String]
  /// Added to what the rank itself has.
  public var environment: [String: String]
  /// Where it works; nil for where the rank does.
  public var directory: String?
  /// Whether it keeps a state from which it goes on. One that does not trains every budget from its beginning.
  public var keepsState: Bool
  /// Added to the name of the host at which the ranks of a group meet: some centres name their fast network so.
  public var hostSuffix: String
  public var limits: ProgramLimits
  public var budgetUnit = BudgetUnit.epochs
  /// Cores of a rank.
  public var threads: Int
  /// What a trial sets, by name.
  public var values: [String: HyperparameterValue] = [:]

  public init(
    _ command: [String], isDialogue: Bool, processes: Processes, metrics: [PrintedMetric],
    settings: [String: HyperparameterValue] = [:], searched: [String] = [], fixed: [String] = [],
    environment: [String: String] = [:], directory: String? = nil, keepsState: Bool, hostSuffix: String = "",
    limits: ProgramLimits = ProgramLimits(), threads: Int = 1
  ) {
    self.command = command
    self.isDialogue = isDialogue
    self.processes = processes
    self.metrics = metrics
    self.settings = settings
    self.searched = searched
    self.fixed = fixed
    self.environment = environment
    self.directory = directory
    self.keepsState = keepsState
    self.hostSuffix = hostSuffix
    self.limits = limits
    self.threads = threads
  }
}

/// A number that a program reports, and how it is found in what a plain command prints.
public struct PrintedMetric: Codable, Equatable, Sendable {
  public var name: String
  /// A regular expression of which the first group is the number; nil where the program says it by name: in a
  /// dialogue, or in a line of JSON.
  public var pattern: String?

  public init(_ name: String, pattern: String? = nil) {
    self.name = name
    self.pattern = pattern
  }
}

/// What ends a trial of a program; 0 means never.
public struct ProgramLimits: Codable, Equatable, Sendable {
  /// Until a program in a dialogue says its first word.
  public var secondsToStart = 300.0
  /// Without a word: a message of the dialogue, or anything printed.
  public var secondsOfSilence = 0.0
  /// Of training for one job.
  public var seconds = 0.0
  /// Bytes that the processes of a rank may have in memory.
  public var memory = 0
  /// Jobs in a row that fail for one reason, until the study stops.
  public var failuresInARow = 12

  public init() {}
}

extension ProgramConfiguration {
  /// What it says of itself follows from what the study asks of it.
  public var description: TraineeDescription {
    TraineeDescription(
      hyperparameters: described("Passed on to the program.") { !isDialogue || !fixed.contains($0) },
      metrics: metrics.map {
        Metric(name: $0.name, goal: nil, summary: "As the program reports it.")
      },
      isResumable: keepsState)
  }
}

extension ProgramConfiguration: Codable {
  private enum CodingKeys: String, CodingKey {
    case command, isDialogue, processes, metrics, settings, searched, fixed, environment, directory
    case keepsState, hostSuffix, limits, budgetUnit, threads, values
  }
}

extension HyperparameterValue: Codable {
  /// A bare number or text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}
