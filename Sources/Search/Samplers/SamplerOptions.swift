/// The options of one sampler, with their defaults, as plain data.
public protocol SamplerOptions: Hashable, Codable, Sendable {
  /// - Throws: `SearchError`, whose subject names the sampler and whose expectation names the option.
  func validate() throws(SearchError)

  /// The sampler that has learned nothing yet.
  func makeSampler() -> any Sampler
}

/// `RandomSampler` has nothing to choose.
public struct RandomOptions: SamplerOptions {
  public init() {}
  public func validate() throws(SearchError) {}
  public func makeSampler() -> any Sampler { RandomSampler() }
}

/// `SobolSampler` has nothing to choose.
public struct SobolOptions: SamplerOptions {
  public init() {}
  public func validate() throws(SearchError) {}
  public func makeSampler() -> any Sampler { SobolSampler() }
}

extension SamplerConfiguration.Kind {
  /// Checks a number of this sampler's options.
  /// - Parameter option: in words, such as `initial trials`.
  func check<Value: Comparable>(_ option: String, _ value: Value, atLeast least: Value) throws(SearchError) {
    guard value < least || value != value else { return }
    throw SearchError(
      subject: "sampler \(rawValue)", expected: "\(option) of at least \(least)", found: "\(value)",
      remedy: "Raise it, or leave it out for the default.")
  }

  /// Checks a number of this sampler's options that has a range; `expected` says which.
  func check(_ option: String, _ value: Double, _ expected: String, where isValid: Bool) throws(SearchError) {
    guard !value.isFinite || !isValid else { return }
    throw SearchError(
      subject: "sampler \(rawValue)", expected: "\(option) \(expected)", found: "\(value)",
      remedy: "Change it, or leave it out for the default.")
  }
}
