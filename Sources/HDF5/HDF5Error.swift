/// What can go wrong with a file: where (file and object), what was expected, what was found, and how to mend
/// it.
public struct HDF5Error: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Problem: Equatable, Sendable {
    /// A function of the HDF5 library failed; the library's own error stack, outermost function first.
    case library(call: String, stack: [Frame])
    /// A system call failed with this `errno`.
    case system(call: String, code: Int32)
    /// The bytes read do not have the checksum that was stored when they were written.
    case checksum(expected: UInt32, found: UInt32)
    /// The file, or the call, is not as it should be.
    case unexpected(expected: String, found: String, remedy: String)
  }

  /// One entry of HDF5's error stack.
  public struct Frame: Equatable, Sendable {
    /// The library's function, such as `H5D_open_name`.
    public var function: String
    /// Such as `not a dataset`.
    public var description: String
    /// The class of the error, such as `Dataset`.
    public var major: String
    /// Its kind, such as `Inappropriate type`.
    public var minor: String

    public init(function: String, description: String, major: String, minor: String) {
      self.function = function
      self.description = description
      self.major = major
      self.minor = minor
    }
  }

  /// The file's path, as it was given.
  public var file: String
  /// The object's path in the file, from `/`; empty when it is about the file as a whole.
  public var object: String
  public var problem: Problem

  public init(file: String, object: String = "", problem: Problem) {
    self.file = file
    self.object = object
    self.problem = problem
  }

  public var description: String {
    let place = object.isEmpty ? file : "\(file): \(object)"
    switch problem {
    case .library(let call, let stack):
      let frames = stack.map { "\($0.function): \($0.description) (\($0.major): \($0.minor))" }
      let stack = frames.isEmpty ? "no further information" : frames.joined(separator: "; ")
      return "\(place): \(call) failed: \(stack).\(remedy)"
    case .system(let call, let code):
      return "\(place): \(call) failed: \(describe(errno: code)) (errno \(code)).\(remedy)"
    case .checksum(let expected, let found):
      return """
        \(place): expected CRC-32C \(hexadecimal(expected)), stored when the data was written, found \
        \(hexadecimal(found)) in the bytes read. The file is damaged: use an older one or a copy.
        """
    case .unexpected(let expected, let found, let remedy):
      return "\(place): expected \(expected), found \(found). \(remedy)"
    }
  }

  /// True when the disk, or the user's quota on it, is full.
  public var isDiskFull: Bool { Self.diskFullCodes.contains { systemCode == $0 } }

  /// True when the file cannot be written now and may be later: the disk or the quota is full, or the file system was
  /// made read-only, as many are when a server fails.
  public var mayMendItself: Bool { Self.passingCodes.contains { systemCode == $0 } }

  /// The `errno` of the failed system call, also where it is buried in the library's error stack.
  public var systemCode: Int32? {
    switch problem {
    case .system(_, let code): return code
    case .library(_, let stack):
      // HDF5 gives it as text alone: "file write failed: ..., errno = 28, error message = '...'".
      for frame in stack {
        guard let range = find("errno = ", in: frame.description) else { continue }
        return Int32(frame.description[range...].prefix { $0.isNumber })
      }
      return nil
    case .checksum, .unexpected: return nil
    }
  }
}
