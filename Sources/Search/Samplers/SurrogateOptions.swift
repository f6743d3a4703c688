/// The options of a sampler that models costs by Gaussian processes and proposes where an acquisition is
/// largest.
public protocol SurrogateOptions: SamplerOptions {
  /// How many trials begin the study before anything is modelled, at least 2.
  var initialTrials: Int { get set }
  /// How many points of the space are tried before the search for the best, at least 2.
  var candidates: Int { get set }
  /// How many of them are improved by gradient, at least 1.
  var starts: Int { get set }
  /// Of more measurements than this, the best and an even selection of the others are kept, at least 10.
  var maximumObservations: Int { get set }
}

extension SurrogateOptions {
  /// - Parameter most: of the observations, whose square is kept and whose cube is computed.
  /// - Throws: `SearchError` that names `kind` and the option.
  func validateSurrogate(
    of kind: SamplerConfiguration.Kind, observations most: Int = 10_000
  ) throws(SearchError) {
    try kind.check("initial trials", initialTrials, atLeast: 2, atMost: 1_000_000)
    try kind.check("candidates", candidates, atLeast: 2, atMost: 100_000)
    try kind.check("starts", starts, atLeast: 1, atMost: 1000)
    try kind.check("maximum observations", maximumObservations, atLeast: 10, atMost: most)
  }
}
