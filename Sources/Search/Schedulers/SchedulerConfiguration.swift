/// Which scheduler a study uses, with its options, as plain data: the only place where schedulers have names.
public enum SchedulerConfiguration: Hashable, Sendable {
  case full(FullRunOptions)
  case successiveHalving(SuccessiveHalvingOptions)
  case hyperband(HyperbandOptions)
  case asha(ASHAOptions)
  case pbt(PBTOptions)

  /// The names, as files write them.
  public enum Kind: String, CaseIterable, Codable, CodingKey, Sendable {
    case full
    case successiveHalving = "successive_halving"
    case hyperband
    case asha
    case pbt
  }

  public var kind: Kind {
    switch self {
    case .full: .full
    case .successiveHalving: .successiveHalving
    case .hyperband: .hyperband
    case .asha: .asha
    case .pbt: .pbt
    }
  }

  /// The option that makes a study longer, as files write it, and its value: a finished study goes on with a larger
  /// one.
  public var extent: (option: String, value: Int) {
    switch self {
    case .full(let options): ("trials", options.trials)
    case .successiveHalving(let options): ("iterations", options.iterations)
    case .hyperband(let options): ("iterations", options.iterations)
    case .asha(let options): ("trials", options.trials)
    case .pbt(let options): ("generations", options.generations)
    }
  }

  /// The scheduler at its start.
  ///
  /// - Parameters:
  ///   - seed: the study's.
  ///   - mutable: the names of the hyperparameters that may change while a trial trains; names that the space
  ///     does not have are ignored.
  /// - Throws: `SearchError`, whose subject names the option, such as `scheduler.reduction`.
  public func makeScheduler(
    space: SearchSpace, seed: UInt64, mutable: Set<String>
  ) throws(SearchError) -> any Scheduler {
    switch self {
    case .full(let options): try FullRunScheduler(options)
    case .successiveHalving(let options): try SuccessiveHalving(options)
    case .hyperband(let options): try SuccessiveHalving(options)
    case .asha(let options): try ASHA(options)
    case .pbt(let options): try PopulationBasedTraining(options, space: space, seed: seed, mutable: mutable)
    }
  }
}

extension SchedulerConfiguration: Codable {
  /// `{"hyperband": {"maximumBudget": 81, ...}}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    guard let kind = container.allKeys.first, container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: container.codingPath,
          debugDescription:
            "expected one scheduler of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))"))
    }
    switch kind {
    case .full: self = .full(try container.decode(FullRunOptions.self, forKey: kind))
    case .successiveHalving:
      self = .successiveHalving(try container.decode(SuccessiveHalvingOptions.self, forKey: kind))
    case .hyperband: self = .hyperband(try container.decode(HyperbandOptions.self, forKey: kind))
    case .asha: self = .asha(try container.decode(ASHAOptions.self, forKey: kind))
    case .pbt: self = .pbt(try container.decode(PBTOptions.self, forKey: kind))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    switch self {
    case .full(let options): try container.encode(options, forKey: kind)
    case .successiveHalving(let options): try container.encode(options, forKey: kind)
    case .hyperband(let options): try container.encode(options, forKey: kind)
    case .asha(let options): try container.encode(options, forKey: kind)
    case .pbt(let options): try container.encode(options, forKey: kind)
    }
  }
}
