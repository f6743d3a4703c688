import Randomness

/// The Sobol sequence: points that fill the unit cube more evenly than random ones.
///
/// Sobol (1967) in the Gray-code order of Antonov and Saleev (1979), with the direction numbers of Joe and
/// Kuo (2008). Notation: i, the point's number from 0; j, its coordinate; k, a bit from the most significant,
/// 0...31; m, the initial direction numbers; v[j][k] = m[k] 2^(31-k), the direction numbers as 32-bit
/// fractions.
package struct SobolSequence: Sendable {
  package static let maximumDimension = SobolDirectionNumbers.rows.count + 1
  private static let bits = 32

  /// `[dimension][32]`.
  private let directions: [[UInt32]]

  /// - Parameter dimension: from 1 to `maximumDimension`.
  package init(dimension: Int) {
    precondition((1...Self.maximumDimension).contains(dimension), "no direction numbers for this dimension")
    directions = (0..<dimension).map(Self.directions(ofDimension:))
  }

  /// The recurrence of Joe and Kuo (2008), equation (2): with the polynomial x^s + a₁x^(s-1) + ... + 1,
  /// m[k] = 2a₁m[k-1] ⊕ 2²a₂m[k-2] ⊕ ... ⊕ 2^s m[k-s] ⊕ m[k-s]; here shifted to fractions.
  private static func directions(ofDimension dimension: Int) -> [UInt32] {
    guard dimension > 0 else { return (0..<bits).map { 1 << (31 - UInt32($0)) } }
    let row = SobolDirectionNumbers.rows[dimension - 1]
    let polynomial = row[0]
    let degree = row.count - 1
    var v = (0..<degree).map { row[$0 + 1] << UInt32(31 - $0) }
    for k in degree..<bits {
      var next = v[k - degree] ^ v[k - degree] >> UInt32(degree)
      for lag in 1..<degree where polynomial >> UInt32(degree - lag) & 1 == 1 {
        next ^= v[k - lag]
      }
      v.append(next)
    }
    return v
  }

  /// Point number `index`, `[dimension]`, as 32-bit fractions; the first is the origin. Indices wrap at 2³².
  package func fractions(at index: Int) -> [UInt32] {
    let gray = UInt32(truncatingIfNeeded: index ^ (index >> 1))
    return directions.map { v in
      var fraction: UInt32 = 0
      for k in 0..<Self.bits where gray >> UInt32(k) & 1 == 1 { fraction ^= v[k] }
      return fraction
    }
  }

  /// Point number `index`, `[dimension]`, scrambled by the seed, inside (0, 1).
  ///
  /// Nested uniform scrambling (Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences", 1995): bit k is
  /// flipped by a random bit that belongs to the bits above it. Every random bit is a function of its
  /// address, so nothing is stored, and a point costs 32 blocks a coordinate.
  package func scrambledPoint(at index: Int, seed: UInt64) -> [Double] {
    let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    return fractions(at: index).enumerated().map { dimension, fraction in
      var scrambled = fraction
      for k in 0..<UInt32(Self.bits) {
        let prefix = k == 0 ? 0 : fraction >> (32 - k)
        let block = Philox.block(
          counter: SIMD4(prefix, k, UInt32(dimension), Purpose.scrambling.rawValue), key: key)
        scrambled ^= (block.x & 1) << (31 - k)
      }
      // The middle of the fraction's interval, so that neither 0 nor 1 is ever met.
      return (Double(scrambled) + 0.5) * 0x1p-32
    }
  }
}
