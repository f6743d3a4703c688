/// A place in an experiment file.
public struct FileLocation: Equatable, Comparable, Sendable, CustomStringConvertible {
  public var file: String
  /// From 1; nil when it is the file as a whole.
  public var line: Int?

  public init(file: String, line: Int? = nil) {
    self.file = file
    self.line = line
  }

  public var description: String { line.map { "\(file):\($0)" } ?? file }

  public static func < (left: Self, right: Self) -> Bool {
    (left.file, left.line ?? 0) < (right.file, right.line ?? 0)
  }
}

/// One mistake in an experiment file, such as `configs/mnist.yaml:14: search.space.learning_rate.low:
/// expected a number above 0, because the scale is log, found 0. Write 1e-6, or set scale: linear.`
public struct ExperimentProblem: Equatable, Sendable, CustomStringConvertible {
  public var location: FileLocation
  /// The dotted path of the key, such as `search.space`; empty for the file as a whole.
  public var path: String
  public var expected: String
  public var found: String
  public var remedy: String

  public init(location: FileLocation, path: String, expected: String, found: String, remedy: String) {
    self.location = location
    self.path = path
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }

  public var description: String {
    let place = path.isEmpty ? "\(location)" : "\(location): \(path)"
    return "\(place): expected \(expected), found \(found). \(remedy)"
  }
}

/// All that is wrong with an experiment file, in the order of its lines: a user mends them in one go.
public struct ExperimentError: Error, Equatable, CustomStringConvertible {
  public var problems: [ExperimentProblem]

  public init(_ problems: [ExperimentProblem]) { self.problems = problems }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
