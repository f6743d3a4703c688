/// Where the parameter tensors lie in a flat buffer, and how an optimizer treats each.
public struct ParameterLayout: Equatable, Sendable {
  /// One parameter tensor in the flat buffer.
  public struct Segment: Equatable, Sendable {
    /// Dotted, such as `layers.0.weight`.
    public var name: String
    /// The index of the first element.
    public var offset: Int
    /// Elements, at least 1.
    public let count: Int
    /// Of the tensor; its extents multiply to `count`.
    public let shape: [Int]
    /// Whether weight decay and trust-ratio scaling apply. Biases and the gains and shifts of normalization
    /// are exempt, as practised (apex, timm): decay would only bias them, and their norms say nothing about a
    /// sensible step.
    public var isExempt: Bool

    public init(name: String, offset: Int, shape: [Int], isExempt: Bool) {
      self.name = name
      self.offset = offset
      self.shape = shape
      count = shape.reduce(1, *)
      self.isExempt = isExempt
    }
  }

  /// In ascending order of offset, not overlapping.
  public let segments: [Segment]
  /// The length of the flat buffer, padding included.
  public let elements: Int

  /// - Throws: `TrainingError.invalid` when segments are out of order, overlap, or reach beyond the buffer.
  public init(segments: [Segment], elements: Int) throws(TrainingError) {
    var end = 0
    for segment in segments {
      guard segment.offset >= end, segment.count > 0, segment.offset + segment.count <= elements else {
        throw .invalid(
          subject: "parameter \(segment.name)",
          expected: "1 or more elements within [\(end), \(elements)) of the flat buffer",
          found: "\(segment.count) elements from \(segment.offset)",
          remedy: "List the parameters in ascending order of their offsets.")
      }
      end = segment.offset + segment.count
    }
    self.segments = segments
    self.elements = elements
  }

  /// The layout of a block of named tensors. Tensors of one dimension or none (biases, normalization) are
  /// exempt from decay and trust-ratio scaling.
  public init(_ entries: [Snapshot.Entry], elements: Int) throws(TrainingError) {
    try self.init(
      segments: entries.map {
        Segment(name: $0.name, offset: $0.offset, shape: $0.shape, isExempt: $0.shape.count <= 1)
      }, elements: elements)
  }
}
