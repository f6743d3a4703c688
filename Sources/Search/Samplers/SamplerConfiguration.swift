/// Which sampler a study uses, with its options, as plain data: the only place where samplers have names.
public enum SamplerConfiguration: Hashable, Codable, Sendable {
  case random
  case sobol
  case gp(GaussianProcessOptions)

  /// The names, as files and command lines write them.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    case random, sobol, gp
  }

  /// A sampler by its name, with the options that serve.
  public init(_ kind: Kind) {
    switch kind {
    case .random: self = .random
    case .sobol: self = .sobol
    case .gp: self = .gp(GaussianProcessOptions())
    }
  }

  public func makeSampler() -> any Sampler {
    switch self {
    case .random: RandomSampler()
    case .sobol: SobolSampler()
    case .gp(let options): GaussianProcessSampler(options)
    }
  }
}
