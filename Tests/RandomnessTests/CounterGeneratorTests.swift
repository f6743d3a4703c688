import Randomness
import Testing

@Suite struct CounterGeneratorTests {
  /// Known answers from the paper's own library, Random123 1.14, `kat_vectors`, lines `philox4x32 10`.
  @Test func `blocks match the known answers of Random123`() {
    #expect(
      Philox.block(counter: .zero, key: .zero)
        == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    #expect(
      Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    #expect(
      Philox.block(
        counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
        key: SIMD2(0xA409_3822, 0x299F_31D0))
        == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test func `a draw depends on its address alone`() {
    var whole = CounterGenerator(seed: 7, purpose: .shuffle, index: 3)
    let draws = (0..<10).map { _ in whole.next() }
    for (position, draw) in draws.enumerated() {
      var alone = CounterGenerator(seed: 7, purpose: .shuffle, index: 3, position: UInt64(position))
      #expect(alone.next() == draw)
    }
    #expect(Set(draws).count == draws.count)
  }

  @Test func `streams of another seed, purpose or index differ`() {
    func first(_ seed: UInt64, _ purpose: Purpose, _ index: Int) -> UInt64 {
      var generator = CounterGenerator(seed: seed, purpose: purpose, index: index)
      return generator.next()
    }
    #expect(
      Set([first(1, .split, 0), first(2, .split, 0), first(1, .shuffle, 0), first(1, .split, 1)]).count == 4)
  }

  @Test func `uniform numbers lie in the half-open unit interval and average to a half`() {
    var generator = CounterGenerator(seed: 1, purpose: .simulation)
    let draws = (0..<10_000).map { _ in generator.nextUniform() }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
    // The standard error of the mean of 10,000 uniforms is 0.0029; five of them.
    #expect(abs(draws.reduce(0, +) / 10_000 - 0.5) < 0.0145)
  }

  @Test(arguments: [0, 1, 2, 5, 8])
  func `uniform numbers drawn together are those drawn one by one`(count: Int) {
    for position in [0, 1, 6, 7] as [UInt64] {
      var together = CounterGenerator(seed: 3, purpose: .proposal, index: 4, position: position)
      var single = together
      #expect(together.nextUniforms(count) == (0..<count).map { _ in single.nextUniform() })
      #expect(together == single)
    }
  }
}
