/// What may be chosen about a `TransferSampler`.
public struct TransferOptions: SurrogateOptions {
  /// Where the earlier studies come from, as the experiment names it; whoever reads files fills `studies` in.
  public var from: [String]
  /// The earlier studies; without any the sampler is a plain Gaussian process.
  public var studies: [PriorStudy]
  /// Of the new study's data set; nil where nothing is known of it.
  public var metaFeatures: MetaFeatures?
  /// How many trials begin the study, at least 2.
  public var initialTrials: Int
  /// How many points of the space are tried before the search for the best, at least 2.
  public var candidates: Int
  /// How many of them are improved by gradient, at least 1.
  public var starts: Int
  /// Of more measurements of a study than this, the best and an even selection of the others are kept, at
  /// least 10.
  public var maximumObservations: Int

  public init(
    from: [String] = [], studies: [PriorStudy], metaFeatures: MetaFeatures? = nil, initialTrials: Int = 4,
    candidates: Int = 512, starts: Int = 8, maximumObservations: Int = 200
  ) {
    self.from = from
    self.studies = studies
    self.metaFeatures = metaFeatures
    self.initialTrials = initialTrials
    self.candidates = candidates
    self.starts = starts
    self.maximumObservations = maximumObservations
  }

  public func validate() throws(SearchError) {
    for study in studies { try study.validate() }
    try validateSurrogate(of: .transfer)
  }

  public var heeds: Heeding { [.outcomes, .limits, .budgets, .noise, .pending] }

  public func makeSampler() -> any Sampler { TransferSampler(self) }

  /// The best configurations of the earlier studies as the space has them, in turn, no two equal: at most one
  /// for each of the initial trials.
  func openings(in space: SearchSpace) -> [Configuration] {
    var found: [Configuration] = []
    let ordered = studiesBySimilarity
    let most = min(initialTrials, studies.map(\.configurations.count).max() ?? 0)
    for rank in 0..<most {
      for study in ordered {
        guard let place = study.best(rank + 1).dropFirst(rank).first else { continue }
        let configuration = space.configuration(at: study.point(of: study.configurations[place], in: space))
        if !found.contains(configuration) { found.append(configuration) }
      }
    }
    return Array(found.prefix(initialTrials))
  }

  /// Studies of similar data sets first, those of unknown ones last.
  public var studiesBySimilarity: [PriorStudy] {
    guard let metaFeatures else { return studies }
    let known = studies.filter { $0.metaFeatures != nil }
    let order = metaFeatures.nearest(of: known.compactMap(\.metaFeatures))
    return order.map { known[$0] } + studies.filter { $0.metaFeatures == nil }
  }
}

extension TransferOptions {
  private enum CodingKeys: CodingKey {
    case from, studies, metaFeatures, initialTrials, candidates, starts, maximumObservations
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      from: try container.decodeIfPresent([String].self, forKey: .from) ?? [],
      studies: try container.decodeIfPresent([PriorStudy].self, forKey: .studies) ?? [],
      metaFeatures: try container.decodeIfPresent(MetaFeatures.self, forKey: .metaFeatures),
      initialTrials: try container.decode(Int.self, forKey: .initialTrials),
      candidates: try container.decode(Int.self, forKey: .candidates),
      starts: try container.decode(Int.self, forKey: .starts),
      maximumObservations: try container.decode(Int.self, forKey: .maximumObservations))
  }

  /// Studies that nobody read yet, or ever, are left out.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if !from.isEmpty { try container.encode(from, forKey: .from) }
    if !studies.isEmpty { try container.encode(studies, forKey: .studies) }
    try container.encodeIfPresent(metaFeatures, forKey: .metaFeatures)
    try container.encode(initialTrials, forKey: .initialTrials)
    try container.encode(candidates, forKey: .candidates)
    try container.encode(starts, forKey: .starts)
    try container.encode(maximumObservations, forKey: .maximumObservations)
  }
}
