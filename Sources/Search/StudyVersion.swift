/// What a study was from some moment on, when its experiment was changed on the way.
public struct StudyVersion: Codable, Equatable, Sendable {
  /// The first is 1.
  public var number: Int
  /// When it began, in seconds since 1970.
  public var began: Double
  /// Such as `training.batchSize: 64 -> 128`; empty for the first.
  public var changes: [String]

  public init(number: Int, began: Double, changes: [String]) {
    self.number = number
    self.began = began
    self.changes = changes
  }
}
