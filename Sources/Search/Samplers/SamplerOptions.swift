/// The options of one sampler, with their defaults, as plain data.
public protocol SamplerOptions: Hashable, Codable, Sendable {
  /// - Throws: `SearchError`, whose subject names the sampler and whose expectation names the option.
  func validate() throws(SearchError)

  /// Checks what follows from the options, the space and the number of objectives before any trial, so that
  /// no proposal is ever refused for it.
  /// - Throws: what `validate()` throws, and `SearchError` for a study that the sampler cannot serve.
  func validate(in space: SearchSpace, objectives: Int) throws(SearchError)

  /// What it will do in `space`, as far as that is known before it starts, such as `60 points`; nil where
  /// nothing is.
  /// - Throws: `SearchError` for options that do not fit the space.
  func outlook(in space: SearchSpace) throws(SearchError) -> String?

  /// What of a study the sampler takes into account.
  var heeds: Heeding { get }

  /// The sampler that has learned nothing yet.
  func makeSampler() -> any Sampler
}

extension SamplerOptions {
  public func validate(in space: SearchSpace, objectives: Int) throws(SearchError) { try validate() }

  public func outlook(in space: SearchSpace) throws(SearchError) -> String? { nil }
}

/// `RandomSampler` has nothing to choose.
public struct RandomOptions: SamplerOptions {
  public var heeds: Heeding { [] }

  public init() {}
  public func validate() throws(SearchError) {}
  public func makeSampler() -> any Sampler { RandomSampler() }
}

/// `SobolSampler` has nothing to choose.
public struct SobolOptions: SamplerOptions {
  public var heeds: Heeding { [] }

  public init() {}
  public func validate() throws(SearchError) {}
  public func makeSampler() -> any Sampler { SobolSampler() }
}

extension SamplerConfiguration.Kind {
  /// Checks a number of this sampler's options. What is sized by it is made at once, so that each has a
  /// greatest value.
  /// - Parameter option: in words, such as `initial trials`.
  func check(
    _ option: String, _ value: Int, atLeast least: Int, atMost most: Int
  ) throws(SearchError) {
    guard value < least || value > most else { return }
    let (bound, remedy) = value < least ? ("at least \(least)", "Raise") : ("at most \(most)", "Lower")
    throw SearchError(
      subject: "sampler \(rawValue)", expected: "\(option) of \(bound)", found: "\(value)",
      remedy: "\(remedy) it, or leave it out for the default.")
  }

  /// Checks a number of this sampler's options that has a range; `expected` says which.
  func check(_ option: String, _ value: Double, _ expected: String, where isValid: Bool) throws(SearchError) {
    guard !value.isFinite || !isValid else { return }
    throw SearchError(
      subject: "sampler \(rawValue)", expected: "\(option) \(expected)", found: "\(value)",
      remedy: "Change it, or leave it out for the default.")
  }
}
