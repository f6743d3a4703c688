/// A process could not be started, or a descriptor not be made.
public struct ProcessError: Error, Equatable, CustomStringConvertible {
  /// What was tried, such as `starting python3`.
  public var action: String
  /// The system's number; nil where the system was not asked.
  public var code: Int32?
  public var found: String

  init(_ action: String, code: Int32) {
    self.action = action
    self.code = code
    found = systemWords(code)
  }

  init(_ action: String, found: String) {
    self.action = action
    self.found = found
  }

  public var description: String { "\(action): \(found)" }
}
