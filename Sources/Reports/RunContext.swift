import Foundation
public import Search

/// What a page tells of a run that its history does not know. All of it is optional: a history alone makes a page.
public struct RunContext: Sendable {
  /// A line for a shell.
  public struct Command: Sendable {
    /// Such as `measure it on the test split`.
    public var purpose: String
    public var line: String

    public init(purpose: String, line: String) {
      self.purpose = purpose
      self.line = line
    }
  }

  /// Who did a job, and when.
  public struct Work: Sendable {
    public var group: Int
    /// Seconds on the study's clock, which stands still between sessions.
    public var start, end: Double

    public init(group: Int, start: Double, end: Double) {
      self.group = group
      self.start = start
      self.end = end
    }
  }

  /// The best's weights: a path.
  public var weights: String?
  /// What one may do next.
  public var commands: [Command] = []
  /// Where the results are from, in the order in which it is told.
  public var provenance: [(name: String, text: String)] = []
  public var work: [JobID: Work] = [:]
  /// For how many seconds the groups of all sessions were there, added up; nil where it is not known.
  public var allocatedSeconds: Double?
  /// What draws the charts that answer to the mouse; nil for a page of pictures alone.
  public var charts: ChartLibrary?

  public init() {}
}

/// A library of charts for browsers, as a page carries it: `plotly.js`, gzipped and in base 64.
public struct ChartLibrary: Sendable {
  let encoded: String

  /// - Parameter gzipped: the script's bytes.
  public init(gzipped: some Sequence<UInt8>) { encoded = Data(gzipped).base64EncodedString() }
}
