import CKernels
import Randomness
import Tensors
import Testing

@Suite struct DropoutMaskTests {
  @Test func `a mask keeps what the counter-based generator draws above the threshold`() {
    let threshold: UInt32 = 0x6000_0000
    let stream = dropout_stream(seed: 0x0123_4567_89AB_CDEF, index: 5, purpose: Purpose.dropout.rawValue)
    // Starts and lengths around the blocks of 4 numbers and the groups of 64.
    for (first, count) in [(0, 200), (1, 3), (3, 66), (62, 70), (0x3_FFFF_FFFF, 130)] as [(UInt64, Int)] {
      var mask = [Float](repeating: -1, count: count)
      dropout_mask(&mask, count, stream, first, threshold, 2)
      for (offset, value) in mask.enumerated() {
        let position = first + UInt64(offset)
        let block = position / 4
        let words = Philox.block(
          counter: SIMD4(
            UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), 5,
            Purpose.dropout.rawValue),
          key: SIMD2(0x89AB_CDEF, 0x0123_4567))
        #expect(value == (words[Int(position % 4)] < threshold ? 0 : 2))
      }
    }
  }

  @Test func `a mask that a device draws is the same, element for element`() throws {
    let seed: UInt64 = 0xFEDC_BA98_7654_3210
    let stream = dropout_stream(seed: seed, index: 7, purpose: Purpose.stochasticDepth.rawValue)
    for (first, count) in [(0, 200), (1, 3), (3, 66), (62, 70), (0x3_FFFF_FFFD, 130)] as [(UInt64, Int)] {
      for threshold: UInt32 in [0, 1, 0x8000_0000, 0xFFFF_FFFF] {
        var expected = [Float](repeating: -1, count: count)
        dropout_mask(&expected, count, stream, first, threshold, 1.25)
        let found = try Tensor.keepMask(
          [count, 1], seed: seed, index: 7, purpose: Purpose.stochasticDepth.rawValue, first: first,
          threshold: threshold, kept: 1.25, on: .cpu)
        #expect(found.shape == [count, 1])
        #expect(try found.scalars(Float.self) == expected)
      }
    }
  }
}
