import Testing
import Training

@Suite struct BucketPlanTests {
  /// Tensors of these counts, each at a multiple of 16 elements, after a gap of `start`.
  static func layout(_ counts: [Int], start: Int = 0) throws -> ParameterLayout {
    var segments: [ParameterLayout.Segment] = []
    var end = start
    for (index, count) in counts.enumerated() {
      segments.append(.init(name: "p\(index)", offset: end, shape: [count], isExempt: false))
      end += (count + 15) / 16 * 16
    }
    return try ParameterLayout(segments: segments, elements: end)
  }

  @Test func `buckets run from the last parameter to the first and close when they are full`() throws {
    let layout = try Self.layout([100, 16, 40, 10], start: 16)
    // Offsets 16, 128, 144, 192; 208 elements.
    let plan = BucketPlan(layout, sizes: .init(first: 64, others: 256))
    #expect(
      plan.buckets == [
        .init(parameters: 3..<4, elements: 192..<208), .init(parameters: 1..<3, elements: 128..<192),
        .init(parameters: 0..<1, elements: 0..<128),
      ])
    #expect(plan.bucketOfParameter == [2, 1, 1, 0])
  }

  @Test func `buckets tile the buffer and own each parameter once, at any size`() throws {
    let layout = try Self.layout([7, 300, 1, 1, 1000, 16, 64, 5], start: 16)
    for first in [1, 64, 1000, 5000, 1 << 20] {
      for others in [1, 128, 2000, 1 << 20] {
        let plan = BucketPlan(layout, sizes: .init(first: first, others: others))
        #expect(plan.buckets.first?.elements.upperBound == layout.elements)
        #expect(plan.buckets.last?.elements.lowerBound == 0)
        for (one, next) in zip(plan.buckets, plan.buckets.dropFirst()) {
          #expect(one.elements.lowerBound == next.elements.upperBound)
          #expect(one.parameters.lowerBound == next.parameters.upperBound)
        }
        for (parameter, segment) in layout.segments.enumerated() {
          let bucket = plan.buckets[plan.bucketOfParameter[parameter]]
          #expect(bucket.parameters.contains(parameter))
          #expect(bucket.elements.contains(segment.offset))
          #expect(bucket.elements.contains(segment.offset + segment.count - 1))
        }
      }
    }
  }

  /// PyTorch's DDP: 1 MiB first, then 25 MiB.
  @Test func `a large model has buckets of the sizes of practice`() throws {
    let mebi = 1 << 18  // elements
    let plan = BucketPlan(try Self.layout([100 * mebi, 100 * mebi, 24 * mebi, 2 * mebi, mebi / 2, mebi / 2]))
    #expect(plan.buckets.map(\.parameters) == [4..<6, 2..<4, 1..<2, 0..<1])
  }

  /// A residual network of 20 layers has a mebibyte in all: one bucket would start when nothing is left to compute.
  @Test func `most of a small model's gradients are on their way before the last ones are there`() throws {
    let plan = BucketPlan(try Self.layout(Array(repeating: 8_192, count: 32)))
    #expect(plan.buckets.count == 8)
    #expect(plan.buckets.last?.elements.count == 32_768)
  }
}
