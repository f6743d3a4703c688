/// How many samples a study's data has, by what they are for.
public struct SampleCounts: Codable, Equatable, Sendable {
  public var train: Int
  public var dev: Int
  /// Nil without a second dev split.
  public var secondDev: Int?
  public var test: Int

  public init(train: Int, dev: Int, secondDev: Int? = nil, test: Int) {
    self.train = train
    self.dev = dev
    self.secondDev = secondDev
    self.test = test
  }
}
