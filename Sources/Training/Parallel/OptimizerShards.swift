/// Which rank of a group keeps the optimizer's memory of which parameter tensors: of each tensor one rank, so
/// that a rank keeps about one part in as many as there are ranks (Rajbhandari et al., "ZeRO: memory
/// optimizations toward training trillion parameter models", SC 2020, arXiv 1910.02054, §5.1).
///
/// Tensors stay whole, because many optimizers look at a whole one: a rank may keep more by half of the
/// largest on either side, or nothing where there are more ranks than tensors.
struct OptimizerShards: Equatable, Sendable {
  /// What one rank keeps.
  struct Shard: Equatable, Sendable {
    /// By their numbers in the layout.
    var tensors: Range<Int>
    /// The elements of the flat parameters that these tensors take, what lies behind each included.
    var elements: Range<Int>
  }

  /// Each rank's; they follow one another, and one may be empty.
  let shards: [Shard]
  private let layout: ParameterLayout

  init(_ layout: ParameterLayout, ranks: Int) {
    self.layout = layout
    // A tensor goes to the rank in whose equal part of the buffer its middle lies.
    let owners = layout.segments.map { segment in
      let product = (2 * segment.offset + segment.count).multipliedFullWidth(by: ranks)
      return min((2 * max(layout.elements, 1)).dividingFullWidth(product).quotient, ranks - 1)
    }
    var (shards, tensor, element) = ([Shard](), 0, 0)
    for rank in 0..<ranks {
      let end = tensor + owners.count { $0 == rank }
      let last = end < layout.segments.count ? layout.segments[end].offset : layout.elements
      let stop = end == tensor ? element : last
      shards.append(Shard(tensors: tensor..<end, elements: element..<stop))
      (tensor, element) = (end, stop)
    }
    self.shards = shards
  }

  /// Where what each rank remembers lies in a whole block, which the pieces tile.
  func pieces(of block: MemoryBlock) -> [Range<Int>] {
    var end = 0
    return shards.map { shard in
      let start = end
      end += block.places(in: layout.part(shard)).elements
      return start..<end
    }
  }
}

extension OptimizerShards {
  /// What the rank keeps of these blocks that keeps most.
  func mostBytes(of blocks: [MemoryBlock]) -> Int {
    let pieces = blocks.map { self.pieces(of: $0) }
    let most = shards.indices.map { rank in pieces.reduce(0) { $0 + $1[rank].count } }.max() ?? 0
    return most * MemoryLayout<Float>.stride
  }
}

extension ParameterLayout {
  /// The layout of a shard in the part of the buffer that it takes.
  func part(_ shard: OptimizerShards.Shard) -> ParameterLayout {
    let own = segments[shard.tensors].map { segment in
      Segment(
        name: segment.name, offset: segment.offset - shard.elements.lowerBound, shape: segment.shape,
        isExempt: segment.isExempt)
    }
    do {
      return try ParameterLayout(segments: own, elements: shard.elements.count)
    } catch {
      preconditionFailure("a part of a layout is none: \(error)")
    }
  }
}
