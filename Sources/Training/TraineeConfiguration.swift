/// What a study trains: a trainee's kind, and all that decides what a trial of it computes, except its seed.
///
/// The rooms above ask it for what any trainee has; what only one kind has, they find in its case.
public enum TraineeConfiguration: Equatable, Sendable {
  /// Data, model and training of the built-in trainer.
  case builtIn(TrainingConfiguration)
  /// Somebody else's program.
  case command(ProgramConfiguration)
  /// Somebody else's shared library.
  case plugin(PluginConfiguration)

  /// What the trainee says of itself.
  public var description: TraineeDescription {
    switch self {
    case .builtIn(let training): training.description
    case .command(let command): command.description
    case .plugin(let plugin): plugin.description
    }
  }

  /// The built-in trainer's configuration; nil for every other trainee.
  public var training: TrainingConfiguration? {
    get {
      if case .builtIn(let training) = self { training } else { nil }
    }
    set { if let newValue { self = .builtIn(newValue) } }
  }

  /// The unit in which its training is counted.
  public var budgetUnit: BudgetUnit {
    get {
      switch self {
      case .builtIn(let training): training.budgetUnit
      case .command(let command): command.budgetUnit
      case .plugin(let plugin): plugin.budgetUnit
      }
    }
    set {
      switch self {
      case .builtIn(var training):
        training.budgetUnit = newValue
        self = .builtIn(training)
      case .command(var command):
        command.budgetUnit = newValue
        self = .command(command)
      case .plugin(var plugin):
        plugin.budgetUnit = newValue
        self = .plugin(plugin)
      }
    }
  }

  /// Cores of a rank.
  public var threads: Int {
    get {
      switch self {
      case .builtIn(let training): training.threads
      case .command(let command): command.threads
      case .plugin(let plugin): plugin.threads
      }
    }
    set {
      switch self {
      case .builtIn(var training):
        training.threads = newValue
        self = .builtIn(training)
      case .command(var command):
        command.threads = newValue
        self = .command(command)
      case .plugin(var plugin):
        plugin.threads = newValue
        self = .plugin(plugin)
      }
    }
  }

  /// All hyperparameters that mean something in this configuration, by name.
  public var hyperparameters: [String: HyperparameterValue] {
    switch self {
    case .builtIn(let training): training.hyperparameters
    case .command(let command): command.hyperparameters
    case .plugin(let plugin): plugin.hyperparameters
    }
  }

  /// What a hyperparameter is where no trial sets it, whether or not the configuration says something of it;
  /// nil where it means nothing.
  public func value(of name: String) -> HyperparameterValue? {
    hyperparameters[name] ?? training?.value(of: name)
  }

  /// How many jobs in a row that fail for one reason end a study; 0 for never.
  public var failuresInARow: Int {
    if case .command(let command) = self { command.limits.failuresInARow } else { 0 }
  }

  /// The files that it reads.
  public var files: [String] {
    switch self {
    case .builtIn(let training): training.data.files + training.model.shape.files
    case .command: []
    case .plugin(let plugin): [plugin.library]
    }
  }

  /// Fields, as it is written, that decide where it runs and not what it computes.
  public static var fieldsOfPlace: [String] {
    ["device", "threads", "plugin.threads"]
      + ["threads", "environment", "hostSuffix", "limits"].map { "command.\($0)" }
  }
}

extension TraineeConfiguration {
  /// A copy with these hyperparameters set.
  ///
  /// - Throws: `TrainingError.invalid` for an unknown name, a value out of its range, or a name that means
  ///   nothing in this configuration.
  public func setting(_ values: [String: HyperparameterValue]) throws(TrainingError) -> Self {
    switch self {
    case .builtIn(let training): .builtIn(try training.setting(values))
    case .command(let command): .command(try command.setting(values))
    case .plugin(let plugin): .plugin(try plugin.setting(values))
    }
  }

  /// A copy that measures these metrics, too, of those that are measured on request.
  ///
  /// - Parameter objectives: those of them that are told with their errors, and that a second dev split measures as
  ///   well.
  public func measuring(_ metrics: [String], objectives: [String] = []) -> Self {
    switch self {
    case .builtIn(var training):
      let requested = metrics.compactMap(ResourceMetric.init)
      if !requested.isEmpty { training.resourceMetrics = requested }
      let ofTask = metrics.filter { TaskMetrics.asked($0) != nil }
      if !ofTask.isEmpty { training.taskMetrics = ofTask }
      let ofDev = objectives.filter(SecondDev.measures)
      if !ofDev.isEmpty { training.errorMetrics = ofDev }
      if training.split.secondDev != nil { training.secondDevMetrics = ofDev }
      return .builtIn(training)
    case .command, .plugin: return self
    }
  }

  /// A copy in which what is left open follows from the length of a complete training.
  ///
  /// - Parameters:
  ///   - length: in the budget unit.
  ///   - isPossible: whether a trial may set a hyperparameter to a value.
  public func completed(
    trainingFor length: Int, where isPossible: (String, HyperparameterValue) -> Bool
  ) -> Self {
    switch self {
    case .builtIn(var training):
      // What ends needs a length, in the file or wherever the search may choose it.
      let ending = ScheduleKind.allCases.filter(\.endsAtLength)
      if training.schedule.length == nil,
        ending.contains(where: { $0 == training.schedule.decay || isPossible("decay", .text($0.name)) })
      {
        training.schedule.length = Double(length)
      }
      for (name, schedule) in training.schedules ?? [:]
      where schedule.decay.endsAtLength && schedule.length == nil {
        training.schedules?[name]?.length = Double(length)
      }
      return .builtIn(training)
    case .command, .plugin: return self
    }
  }

  /// All that is wrong with the configuration in itself, before any data is read; empty when nothing is.
  ///
  /// - Parameter ranksPerTrial: the size of a group.
  public func validate(ranksPerTrial: Int = 1) -> [TrainingError] {
    switch self {
    case .builtIn(let training): training.validate(ranksPerTrial: ranksPerTrial)
    case .command(let command): command.validate()
    case .plugin(let plugin): plugin.validate()
    }
  }

  /// Checks that this process can compute as the configuration says. Local.
  ///
  /// - Parameter localRank: this rank's number among those of its node that train.
  /// - Throws: `TrainingError.place` when the place where it runs lacks something.
  public func checkPlace(localRank: Int = 0) throws(TrainingError) {
    switch self {
    case .builtIn(let training): try training.checkPlace(localRank: localRank)
    case .command(let command): try command.checkPlace()
    case .plugin(let plugin): try plugin.checkPlace()
    }
  }
}

extension TraineeConfiguration: Codable {
  private enum CodingKeys: String, CodingKey { case command, plugin, budgetUnit }

  /// The built-in trainer's configuration stands for itself, as studies had it before there was any other.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let command = try container.decodeIfPresent(ProgramConfiguration.self, forKey: .command) {
      self = .command(command)
    } else if let plugin = try container.decodeIfPresent(PluginConfiguration.self, forKey: .plugin) {
      self = .plugin(plugin)
    } else {
      self = .builtIn(try TrainingConfiguration(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .builtIn(let training): try training.encode(to: encoder)
    case .command(let command):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(command, forKey: .command)
      // Where whoever reads journals looks for it, whatever the trainee.
      try container.encode(command.budgetUnit, forKey: .budgetUnit)
    case .plugin(let plugin):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(plugin, forKey: .plugin)
      try container.encode(plugin.budgetUnit, forKey: .budgetUnit)
    }
  }
}
