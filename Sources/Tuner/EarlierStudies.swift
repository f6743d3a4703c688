import Foundation
public import Search
import Training

extension Study {
  /// Reads the earlier studies that the sampler learns from, and what their data sets are like; does nothing
  /// where the sampler learns from this study alone.
  ///
  /// A study that goes on keeps what its journal says of them: they may have grown since, and its decisions
  /// must not change.
  ///
  /// - Parameter contents: this study's journal; nil when it begins.
  /// - Returns: a line for each earlier study that was read, those of the most similar data first.
  /// - Throws: `TunerError` that names the earlier study, what does not fit and what to do.
  @discardableResult
  public mutating func readEarlierStudies(recordedIn contents: JournalContents?) throws(TunerError)
    -> [String]
  {
    guard var options = sampler.transfer else { return [] }
    if let recorded = contents?.recordedTransfer, recorded.from == options.from {
      (options.studies, options.metaFeatures) = (recorded.studies, recorded.metaFeatures)
      sampler.transfer = options
      return []
    }
    options.metaFeatures = trainee.training.flatMap { MetaFeatures(ofDataAt: $0.data) }
    var lines: [String: String] = [:]
    options.studies = []
    for path in options.from {
      let found = try EarlierStudy(at: path)
      let prior = try found.prior(for: objective, in: space)
      options.studies.append(prior)
      lines[prior.name] = found.description(of: prior, in: space)
    }
    sampler.transfer = options
    return options.studiesBySimilarity.compactMap { lines[$0.name] }
  }
}

extension PriorStudy {
  /// What a new study may learn from a run directory, a journal or a table of trials.
  ///
  /// - Parameter asked: what names the path, for messages.
  /// - Throws: `TunerError` that names the path, what does not fit and what to do.
  public init(
    at path: String, for objective: Objective, in space: SearchSpace, asked: String
  ) throws(TunerError) {
    self = try EarlierStudy(at: path, asked: asked).prior(for: objective, in: space)
  }
}

extension JournalContents {
  /// What a study that goes on learns from earlier ones by; nil when there is no journal yet.
  var recordedTransfer: TransferOptions? {
    struct Recorded: Decodable { var sampler: SamplerConfiguration }
    return recorded(Recorded.self)?.sampler.transfer
  }
}

extension MetaFeatures {
  /// Samples that the moments of the features are computed of, at most.
  private static let mostSamples = 1000

  /// Nil for text, which has no features, and for data that is not here any more: it only decides which study
  /// comes first.
  init?(ofDataAt configuration: DataConfiguration) {
    guard let set = try? DataSet.load(configuration),
      let columns = try? set.columns(ofAtMost: Self.mostSamples), !columns.isEmpty, columns[0].count > 0
    else { return nil }
    self.init(columns: columns, classCounts: set.classCounts)
    logRows = log(Double(set.count))
    logDimensionality = logFeatures - logRows
  }
}
