/// Something that an optimizer remembers of every parameter tensor.
struct MemoryBlock: Hashable, Sendable {
  /// How much of a tensor.
  enum Extent: Hashable, Sendable {
    /// As many elements as it has, where they lie in the flat parameters.
    case elements
    /// One number a row, of a matrix or of each matrix of a stack; nothing of a vector.
    case rows
    /// One number a column.
    case columns
    /// All elements of a vector; nothing of a matrix.
    case vectors
  }

  /// As checkpoints name it: `first_moment`.
  var name: String
  var extent = Extent.elements

  /// What is added to the parameters for an evaluation, by optimizers that train other parameters than those
  /// that they have found.
  static let evaluationOffset = Self(name: "evaluation_offset")

  /// The shape of what is remembered of a tensor of this shape; nil for nothing.
  func shape(for shape: [Int]) -> [Int]? {
    switch extent {
    case .elements: shape
    case .rows: shape.count > 1 ? shape.dropLast() + [1] : nil
    case .columns: shape.count > 1 ? shape.dropLast(2) + [1, shape.last!] : nil
    case .vectors: shape.count > 1 ? nil : shape
    }
  }

  /// Where what is remembered of each tensor lies in the block, and the block's length: the parameters' own
  /// places for a block of elements.
  func places(in layout: ParameterLayout) -> (entries: [Snapshot.Entry], elements: Int) {
    if extent == .elements {
      let entries = layout.segments.map {
        Snapshot.Entry(name: $0.name, shape: $0.shape, offset: $0.offset)
      }
      return (entries, layout.elements)
    }
    var end = 0
    let entries = layout.segments.compactMap { segment -> Snapshot.Entry? in
      guard let shape = shape(for: segment.shape) else { return nil }
      let entry = Snapshot.Entry(name: segment.name, shape: shape, offset: end)
      end += (entry.count + Self.alignment - 1) / Self.alignment * Self.alignment
      return entry
    }
    return (entries, end)
  }

  /// The elements of the block for parameters of these shapes, which take `parameters` elements themselves;
  /// `Int.max` where there are more.
  func elements(for shapes: [[Int]], parameters: Int) -> Int {
    if extent == .elements { return parameters }
    return .clampedSum(
      shapes.compactMap { shape(for: $0) }.map { shape in
        let lines = Int.clampedSum([.clampedProduct(shape), Self.alignment - 1]) / Self.alignment
        return .clampedProduct([lines, Self.alignment])
      })
  }

  /// Scalars between two starts: a cache line.
  private static let alignment = 16
}
