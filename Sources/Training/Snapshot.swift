/// The state of a trainee between two steps: all that is needed to go on, on any number of ranks.
///
/// Each block is one contiguous piece of memory, so that a checkpoint and a clone are a few large writes or
/// messages; the layouts say which named array lies where in it. Whoever holds a snapshot shares its memory,
/// which nobody changes: a copy of a `Snapshot` costs nothing.
public struct Snapshot: Sendable, Equatable {
  public var progress: Progress
  /// Single values by name, such as the optimizer steps done.
  public var scalars: [String: Scalar]
  /// By block name; the built-in trainer's are `parameters`, `buffers` (running statistics; may be empty), and
  /// the memory of the optimizer, such as `optimizer.first_moment`, and of what acts beside it.
  public var blocks: [String: Block]
  /// What only the trainee itself can read, by name.
  public var opaque: [String: StateMemory]

  public init(
    progress: Progress, scalars: [String: Scalar] = [:], blocks: [String: Block],
    opaque: [String: StateMemory] = [:]
  ) {
    self.progress = progress
    self.scalars = scalars
    self.blocks = blocks
    self.opaque = opaque
  }

  /// What it takes in memory, less the names.
  public var byteCount: Int {
    blocks.values.reduce(0) { $0 + $1.memory.byteCount }
      + opaque.values.reduce(0) { $0 + $1.byteCount }
  }
}

/// How far a trainee has come.
public struct Progress: Codable, Equatable, Sendable {
  /// The points passed at which the trainee could have stopped: of two states of one job, the one with more
  /// has come further. The built-in trainer's are its optimizer steps.
  public var step: Int = 0
  /// Cumulative budget, in the study's unit.
  public var budget: Int = 0

  public init(step: Int = 0, budget: Int = 0) {
    self.step = step
    self.budget = budget
  }
}

extension Snapshot {
  /// A single value of a state.
  public enum Scalar: Equatable, Sendable {
    case integer(Int)
    /// Any number, NaN and the infinities too; equal in value, or both NaN.
    case number(Double)
    case text(String)
    case truth(Bool)
  }

  /// A block of named arrays in one contiguous piece of memory.
  public struct Block: Sendable, Equatable {
    /// In ascending order of their places, not overlapping.
    public var layout: [Entry]
    /// May be longer than the arrays' sum: they may be padded to alignment.
    public var memory: StateMemory

    public init(layout: [Entry], memory: StateMemory) {
      self.layout = layout
      self.memory = memory
    }
  }

  /// Where a named array lies in its block.
  public struct Entry: Sendable, Equatable, Codable {
    /// Dotted, such as `layers.0.weight`.
    public var name: String
    public var element: Element
    /// Empty for a single value.
    public var shape: [Int]
    /// The index of the first element, in elements of this type: so every array is aligned.
    public var offset: Int
    public var count: Int { shape.reduce(1, *) }

    public init(name: String, shape: [Int], offset: Int, element: Element = .float32) {
      self.name = name
      self.element = element
      self.shape = shape
      self.offset = offset
    }

    /// The bytes of the block that hold the array; nil where a number of them would be none that a machine
    /// can count, or below 0.
    public var byteRange: Range<Int>? {
      guard offset >= 0, shape.allSatisfy({ $0 >= 0 }) else { return nil }
      let start = Int.clampedProduct([offset, element.byteCount])
      let end = Int.clampedSum([start, .clampedProduct(shape + [element.byteCount])])
      return end == .max ? nil : start..<end
    }
  }

  /// What the elements of an array are, little-endian.
  public enum Element: String, Codable, CaseIterable, Sendable {
    case float16, bfloat16, float32, float64, int8, int16, int32, int64, uint8
    /// A byte each, 0 or 1.
    case bool

    public var byteCount: Int {
      switch self {
      case .int8, .uint8, .bool: 1
      case .float16, .bfloat16, .int16: 2
      case .float32, .int32: 4
      case .float64, .int64: 8
      }
    }
  }
}

extension Snapshot.Block {
  /// A block of 32-bit floats alone, copied.
  public init(layout: [Snapshot.Entry], values: [Float]) {
    self.init(layout: layout, memory: StateMemory(copying: values))
  }

  /// A copy of the whole block as 32-bit floats, padding included: of a block of such alone.
  public var values: [Float] { Array(memory.bytes.bindMemory(to: Float.self)) }

  /// The elements of one array, as they lie; nil when there is none of this name.
  public func bytes(of name: String) -> UnsafeRawBufferPointer? {
    guard let range = layout.first(where: { $0.name == name })?.byteRange else { return nil }
    return UnsafeRawBufferPointer(rebasing: memory.bytes[range])
  }
}

extension Snapshot.Scalar: Codable {
  private enum CodingKeys: String, CodingKey { case integer, number, text, truth }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let bits = try container.decodeIfPresent(UInt64.self, forKey: .number) {
      self = .number(Double(bitPattern: bits))
    } else if let integer = try container.decodeIfPresent(Int.self, forKey: .integer) {
      self = .integer(integer)
    } else if let text = try container.decodeIfPresent(String.self, forKey: .text) {
      self = .text(text)
    } else {
      self = .truth(try container.decode(Bool.self, forKey: .truth))
    }
  }

  /// Numbers by their bits: JSON has no NaN.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .integer(let integer): try container.encode(integer, forKey: .integer)
    case .number(let number): try container.encode(number.bitPattern, forKey: .number)
    case .text(let text): try container.encode(text, forKey: .text)
    case .truth(let truth): try container.encode(truth, forKey: .truth)
    }
  }

  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): left == right
    case (.number(let left), .number(let right)): left == right || left.isNaN && right.isNaN
    case (.text(let left), .text(let right)): left == right
    case (.truth(let left), .truth(let right)): left == right
    default: false
    }
  }
}
