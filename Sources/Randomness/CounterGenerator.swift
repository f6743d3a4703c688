import RealModule

/// What a stream of random numbers is for. Streams of different purposes are independent, so a new consumer
/// of randomness never changes the draws of an old one.
public enum Purpose: UInt32, Codable, Sendable {
  case split = 1
  case shuffle
  case initialization
  case dropout
  case augmentation
  case proposal
  case exploit
  case explore
  case simulation
  case surrogate
  case scrambling
  case restart
  case subset
  case fold
  case gradientNoise
  case stochasticDepth = 32
  case bootstrap = 40
  case reshuffling = 64
}

/// A counter-based generator: its n-th draw is a function of (seed, purpose, index, n) and of nothing that
/// ran before.
///
/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, §5):
/// ten rounds turn a 128-bit counter and a 64-bit key into 128 random bits. The key is the seed; the counter
/// holds the purpose, the index (of a trial, an epoch, a layer) and the number of the block.
public struct CounterGenerator: RandomNumberGenerator, Codable, Equatable, Sendable {
  public let seed: UInt64
  public let purpose: Purpose
  public let index: UInt32
  /// How many 64-bit numbers have been drawn. Setting it moves the stream there, in constant time.
  public var position: UInt64

  public init(seed: UInt64, purpose: Purpose, index: Int = 0, position: UInt64 = 0) {
    self.seed = seed
    self.purpose = purpose
    self.index = UInt32(truncatingIfNeeded: index)
    self.position = position
  }

  public mutating func next() -> UInt64 {
    let block = position >> 1
    let words = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), index, purpose.rawValue),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    defer { position &+= 1 }
    return position & 1 == 0
      ? UInt64(words.y) << 32 | UInt64(words.x)
      : UInt64(words.w) << 32 | UInt64(words.z)
  }
}

extension CounterGenerator {
  /// What so many calls of `nextUniform` would return, in less than half of their time: a block has two
  /// numbers.
  public mutating func nextUniforms(_ count: Int) -> [Double] {
    [Double](unsafeUninitializedCapacity: count) { draws, drawn in
      let beginsInBlock = position & 1 == 1
      if beginsInBlock, count > 0 { draws.initializeElement(at: 0, to: nextUniform()) }
      var place = beginsInBlock ? min(1, count) : 0
      let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
      while place + 2 <= count {
        let block = position >> 1
        let words = Philox.block(
          counter: SIMD4(
            UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), index,
            purpose.rawValue),
          key: key)
        draws.initializeElement(at: place, to: Self.uniform(UInt64(words.y) << 32 | UInt64(words.x)))
        draws.initializeElement(at: place + 1, to: Self.uniform(UInt64(words.w) << 32 | UInt64(words.z)))
        position &+= 2
        place += 2
      }
      if place < count { draws.initializeElement(at: place, to: nextUniform()) }
      drawn = count
    }
  }
}

/// The block function of Philox4x32-10.
public enum Philox {
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    // In scalars: between vectors and the products of single words there would be a move for every word.
    var (x, y, z, w) = (counter.x, counter.y, counter.z, counter.w)
    var (a, b) = (key.x, key.y)
    for _ in 0..<10 {
      let first = UInt64(x) &* 0xD251_1F53
      let second = UInt64(z) &* 0xCD9E_8D57
      x = UInt32(truncatingIfNeeded: second >> 32) ^ y ^ a
      y = UInt32(truncatingIfNeeded: second)
      z = UInt32(truncatingIfNeeded: first >> 32) ^ w ^ b
      w = UInt32(truncatingIfNeeded: first)
      a &+= 0x9E37_79B9
      b &+= 0xBB67_AE85
    }
    return SIMD4(x, y, z, w)
  }
}

extension RandomNumberGenerator {
  /// Uniform in [0, 1), with 53 random bits.
  public mutating func nextUniform() -> Double {
    Self.uniform(next())
  }

  static func uniform(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

  /// Standard normal, by two draws (Box and Muller, "A note on the generation of random normal deviates",
  /// 1958).
  public mutating func nextNormal() -> Double {
    // 1 - u lies in (0, 1], so that the logarithm is finite.
    let radius = (-2 * Double.log(1 - nextUniform())).squareRoot()
    return radius * Double.cos(2 * Double.pi * nextUniform())
  }
}
