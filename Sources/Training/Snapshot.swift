/// The state of a trainee between two steps: all that is needed to go on, on any number of ranks.
///
/// Each block is one contiguous array, so that a checkpoint and a clone are a few large writes or messages;
/// the layouts say which named tensor lies where in it.
public struct Snapshot: Sendable, Equatable {
  /// A block of named tensors in one contiguous array of 32-bit floats.
  public struct Block: Sendable, Equatable {
    public var layout: [Entry]
    /// Shape `[elements]`; entries may be padded to alignment, so it can be longer than their sum.
    public var values: [Float]

    public init(layout: [Entry], values: [Float]) {
      self.layout = layout
      self.values = values
    }
  }

  /// Where a named tensor lies in its block.
  public struct Entry: Sendable, Equatable, Codable {
    /// Dotted, such as `layers.0.weight`.
    public var name: String
    public var shape: [Int]
    /// The index of the first element.
    public var offset: Int
    public var count: Int { shape.reduce(1, *) }

    public init(name: String, shape: [Int], offset: Int) {
      self.name = name
      self.shape = shape
      self.offset = offset
    }
  }

  public var progress: Progress
  /// By block name: `parameters`, `buffers` (running statistics; may be empty), and the optimizer's memory,
  /// such as `optimizer.first_moment`.
  public var blocks: [String: Block]

  public init(progress: Progress, blocks: [String: Block]) {
    self.progress = progress
    self.blocks = blocks
  }
}

/// How far a trainee has come.
public struct Progress: Codable, Equatable, Sendable {
  /// Optimizer steps done.
  public var step: Int = 0
  /// Training samples consumed; with the seed and the batch size, the data cursor.
  public var samples: Int = 0
  /// Cumulative budget, in the study's unit.
  public var budget: Int = 0
  /// Sums since the last measurement, so that an interrupted stretch reports what an uninterrupted one would.
  public var lossSum: Double = 0
  public var lossCount: Int = 0
  /// Wall-clock seconds of training so far; nil where nobody asked (`ResourceMetric.trainingSeconds`).
  public var trainingSeconds: Double?

  public init() {}
}
