/// How a flat gradient buffer is cut into the pieces that are reduced one by one, while backward still
/// computes others.
///
/// Buckets hold whole parameters, in reverse order, because backward finishes the last layer's gradients
/// first (Li et al., "PyTorch Distributed", VLDB 2020, §3.2.3). The first bucket is small, so that the
/// exchange starts early.
public struct BucketPlan: Equatable, Sendable {
  public struct Bucket: Equatable, Sendable {
    /// The parameters in it, by their index in the layout.
    public var parameters: Range<Int>
    /// The elements of the flat buffer that it covers, padding included.
    public var elements: Range<Int>

    public init(parameters: Range<Int>, elements: Range<Int>) {
      self.parameters = parameters
      self.elements = elements
    }
  }

  /// How large buckets grow. A bucket is closed as soon as it has reached its size, so it may be larger by
  /// one parameter.
  public struct Sizes: Codable, Equatable, Sendable {
    /// Bytes of the first bucket.
    public var first: Int = 1 << 20
    /// Bytes of every other bucket.
    public var others: Int = 25 << 20

    public init(first: Int = 1 << 20, others: Int = 25 << 20) {
      self.first = first
      self.others = others
    }

    /// Those of practice, and of a model that would fill only one or two such an eighth of it: whatever its size, most
    /// of the exchange starts while backward still has something to compute. Below 64 KiB a message costs its latency.
    public static func suited(to layout: ParameterLayout) -> Self {
      let standard = Self()
      let eighth = max(layout.elements * MemoryLayout<Float>.stride / 8, 64 << 10)
      return Self(first: min(standard.first, eighth), others: min(standard.others, eighth))
    }
  }

  /// In the order in which they are started. They tile the buffer: together they cover every element once.
  public let buckets: [Bucket]
  /// The index of the bucket of each parameter of the layout.
  public let bucketOfParameter: [Int]

  /// - Parameter sizes: nil for those that suit the layout.
  public init(_ layout: ParameterLayout, sizes: Sizes? = nil) {
    let sizes = sizes ?? .suited(to: layout)
    var buckets: [Bucket] = []
    var (last, end) = (layout.segments.count, layout.elements)
    for index in layout.segments.indices.reversed() {
      // A bucket ends where the one before it begins, so that padding belongs to exactly one; the buffer's
      // start to the last.
      let start = index == 0 ? 0 : layout.segments[index].offset
      let limit = buckets.isEmpty ? sizes.first : sizes.others
      if (end - start) * MemoryLayout<Float>.stride >= limit || index == 0 {
        buckets.append(Bucket(parameters: index..<last, elements: start..<end))
        (last, end) = (index, start)
      }
    }
    self.buckets = buckets
    var owners = [Int](repeating: 0, count: layout.segments.count)
    for (number, bucket) in buckets.enumerated() {
      for parameter in bucket.parameters { owners[parameter] = number }
    }
    bucketOfParameter = owners
  }
}
