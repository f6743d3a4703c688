/// Which sampler a study uses, with its options, as plain data: the only place where samplers have names.
public enum SamplerConfiguration: Hashable, Codable, Sendable {
  case random
  case sobol
  case gp(GaussianProcessOptions)

  public func makeSampler() -> any Sampler {
    switch self {
    case .random: RandomSampler()
    case .sobol: SobolSampler()
    case .gp(let options): GaussianProcessSampler(options)
    }
  }
}
