/// Which sampler a study uses, with its options, as plain data: the only place where samplers have names.
public enum SamplerConfiguration: Hashable, Sendable {
  case auto(AutoOptions)
  case random
  case sobol
  case grid(GridOptions)
  case cmaES(CMAESOptions)
  case genetic(GeneticOptions)
  case tpe(TPEOptions)
  case gp(GaussianProcessOptions)
  case turbo(TurboOptions)
  case forest(ForestOptions)
  case nsga2(NSGA2Options)
  case parego(ParEGOOptions)
  case ehvi(EHVIOptions)
  case transfer(TransferOptions)

  /// The names, as files and command lines write them.
  public enum Kind: String, CaseIterable, Codable, CodingKey, Sendable {
    case auto
    case random
    case sobol
    case grid
    case cmaES = "cma-es"
    case genetic
    case tpe
    case gp
    case turbo
    case forest
    case nsga2
    case parego
    case ehvi
    case transfer
  }

  /// A sampler by its name, with the options that serve.
  public init(_ kind: Kind) {
    switch kind {
    case .auto: self = .auto(AutoOptions())
    case .random: self = .random
    case .sobol: self = .sobol
    case .grid: self = .grid(GridOptions())
    case .cmaES: self = .cmaES(CMAESOptions())
    case .genetic: self = .genetic(GeneticOptions())
    case .tpe: self = .tpe(TPEOptions())
    case .gp: self = .gp(GaussianProcessOptions())
    case .turbo: self = .turbo(TurboOptions())
    case .forest: self = .forest(ForestOptions())
    case .nsga2: self = .nsga2(NSGA2Options())
    case .parego: self = .parego(ParEGOOptions())
    case .ehvi: self = .ehvi(EHVIOptions())
    case .transfer: self = .transfer(TransferOptions(studies: []))
    }
  }

  private var named: (kind: Kind, options: any SamplerOptions) {
    switch self {
    case .auto(let options): (.auto, options)
    case .random: (.random, RandomOptions())
    case .sobol: (.sobol, SobolOptions())
    case .grid(let options): (.grid, options)
    case .cmaES(let options): (.cmaES, options)
    case .genetic(let options): (.genetic, options)
    case .tpe(let options): (.tpe, options)
    case .gp(let options): (.gp, options)
    case .turbo(let options): (.turbo, options)
    case .forest(let options): (.forest, options)
    case .nsga2(let options): (.nsga2, options)
    case .parego(let options): (.parego, options)
    case .ehvi(let options): (.ehvi, options)
    case .transfer(let options): (.transfer, options)
    }
  }

  public var kind: Kind { named.kind }
  public var options: any SamplerOptions { named.options }

  /// What it learns from earlier studies by; nil for a sampler that learns from its own study alone. Setting
  /// it makes the sampler one that learns from earlier ones.
  public var transfer: TransferOptions? {
    get { if case .transfer(let options) = self { options } else { nil } }
    set { if let newValue { self = .transfer(newValue) } }
  }

  public func makeSampler() -> any Sampler { options.makeSampler() }

  /// Checks before any trial that the sampler can serve a study of this space and these objectives: what
  /// passes here is refused by no proposal.
  /// - Throws: `SearchError`, whose subject is `sampler` for the file's key.
  public func validate(for objective: Objective, in space: SearchSpace) throws(SearchError) {
    try space.validate()
    do throws(SearchError) {
      try options.validate(in: space, objectives: objective.parts.count)
    } catch {
      guard error.subject == "sampler \(kind.rawValue)" else { throw error }
      throw SearchError(
        subject: "sampler", expected: "\(error.expected) for \(kind.rawValue)", found: error.found,
        remedy: error.remedy)
    }
    if !space.constraints.isEmpty { try space.validateAllowsSome() }
  }
}

extension SamplerConfiguration: Codable {
  /// `{"gp": {"candidates": 512, ...}}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    guard let kind = container.allKeys.first, container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: container.codingPath,
          debugDescription: "expected one sampler of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))"
        ))
    }
    func options<Options: SamplerOptions>() throws -> Options {
      try container.decode(Options.self, forKey: kind)
    }
    switch kind {
    case .auto: self = .auto(try options())
    case .random: self = .random
    case .sobol: self = .sobol
    case .grid: self = .grid(try options())
    case .cmaES: self = .cmaES(try options())
    case .genetic: self = .genetic(try options())
    case .tpe: self = .tpe(try options())
    case .gp: self = .gp(try options())
    case .turbo: self = .turbo(try options())
    case .forest: self = .forest(try options())
    case .nsga2: self = .nsga2(try options())
    case .parego: self = .parego(try options())
    case .ehvi: self = .ehvi(try options())
    case .transfer: self = .transfer(try options())
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    try container.encode(options, forKey: kind)
  }
}
