public import Tuner

/// A view of a study for another program, made from the journal alone. One more is one file and one line of
/// `ExportFormats.all`.
public protocol ExportFormat: Sendable {
  /// As a user writes it.
  static var name: String { get }
  /// What is in it, in a line.
  static var summary: String { get }
  /// What it is called in the run directory.
  static var output: String { get }

  /// - Parameter place: the absolute path at which the view will lie.
  static func files(of study: ExportedStudy, at place: String) throws(TunerError) -> [ExportedFile]
}

public enum ExportFormats {
  public static let all: [any ExportFormat.Type] = [
    JobsFormat.self, TraceFormat.self, TensorBoardFormat.self, OptunaFormat.self, MLflowFormat.self,
  ]
}

/// A file of a view.
public struct ExportedFile: Equatable, Sendable {
  /// Below the view's place; empty for a view of one file.
  public var path: String
  public var bytes: [UInt8]

  public init(_ path: String, _ bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }

  public init(_ path: String, _ text: String) { self.init(path, Array(text.utf8)) }

  /// A folder, which may stay empty.
  public init(folder path: String) { self.init(path + "/", []) }

  public var isFolder: Bool { path.hasSuffix("/") }

  /// The one file of a view.
  public init(_ text: String) { self.init("", text) }
}
