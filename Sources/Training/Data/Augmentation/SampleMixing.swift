import Glibc
import Randomness

/// Mixes two samples of a global batch and, in the same shares, their losses: λ · L(y₁) + (1 − λ) · L(y₂).
///
/// The partner of the i-th of b samples is the one before the i-th from the batch's end, which in a shuffled batch is
/// any (as timm's `Mixup` has it); λ is drawn for each sample, as a function of (seed, position in the stream).
///
/// - mixup: the mean of both, weighted with λ ~ Beta(α, α) (Zhang et al., "mixup: Beyond empirical risk minimization",
///   arXiv:1710.09412, §2).
/// - cutmix: a window of the other image in this one; λ is the share of the area that is left (Yun et al., "CutMix",
///   arXiv:1905.04899, equations 1 and 2).
///
/// With both, each sample is mixed in one way or the other, with equal probability.
struct SampleMixing {
  let mixup: Double
  let cutmix: Double
  /// Of a sample; an image's where there is a `cutmix`.
  let shape: [Int]
  let seed: UInt64

  /// Numbers kept apart for each position: draws by rejection rarely take more than ten.
  private static let draws: UInt64 = 64
  /// Apart from the draws of `ImageAugmentation`.
  private static let index = 1

  private enum Way {
    case mean(Float)
    case window(rows: Range<Int>, columns: Range<Int>)
  }

  /// λ, in [0, 1], of the sample at this position.
  func kept(at position: Int) -> Float { kept(way(at: position)) }

  /// Mixes a sample with its partner.
  ///
  /// - Returns: λ.
  func mix(
    _ sample: UnsafeMutableBufferPointer<Float>, with other: UnsafeMutableBufferPointer<Float>,
    at position: Int
  ) -> Float {
    let way = way(at: position)
    switch way {
    case .mean(let kept):
      for place in sample.indices { sample[place] = kept * sample[place] + (1 - kept) * other[place] }
    case .window(let rows, let columns):
      for channel in 0..<shape[0] {
        for row in rows {
          let line = (channel * shape[1] + row) * shape[2]
          for column in columns { sample[line + column] = other[line + column] }
        }
      }
    }
    return kept(way)
  }

  private func kept(_ way: Way) -> Float {
    switch way {
    case .mean(let kept): kept
    case .window(let rows, let columns):
      1 - Float(rows.count * columns.count) / Float(shape[1] * shape[2])
    }
  }

  private func way(at position: Int) -> Way {
    var draws = CounterGenerator(
      seed: seed, purpose: .augmentation, index: Self.index, position: UInt64(position) * Self.draws)
    let isWindow = mixup == 0 || cutmix > 0 && draws.nextUniform() < 0.5
    guard isWindow else { return .mean(Float(draws.nextBeta(mixup))) }
    let (centerY, centerX) = (draws.nextUniform(), draws.nextUniform())
    let side = (1 - draws.nextBeta(cutmix)).squareRoot()
    return .window(
      rows: Self.window(side, around: centerY, of: shape[1]),
      columns: Self.window(side, around: centerX, of: shape[2]))
  }

  /// The part within the image.
  private static func window(_ side: Double, around center: Double, of length: Int) -> Range<Int> {
    let (middle, extent) = (Int(center * Double(length)), Int(side * Double(length)))
    let first = middle - extent / 2
    return max(first, 0)..<min(max(first, 0) + extent + min(first, 0), length)
  }
}

extension RandomNumberGenerator {
  /// Of Beta(`alpha`, `alpha`), as x / (x + y) of two draws of Gamma(`alpha`, 1); from 0 to 1.
  mutating func nextBeta(_ alpha: Double) -> Double {
    // So near to its limit, all of one or all of the other, that the draws are no numbers.
    guard alpha > 1e-6 else { return nextUniform() < 0.5 ? 0 : 1 }
    let (x, y) = (logarithmOfGamma(alpha), logarithmOfGamma(alpha))
    return 1 / (1 + exp(y - x))
  }

  /// The logarithm, because a draw for a small shape is less than the smallest number (Marsaglia and Tsang, "A simple
  /// method for generating gamma variables", ACM TOMS 26:3 (2000), §2, and §6 for shapes below 1).
  private mutating func logarithmOfGamma(_ shape: Double) -> Double {
    let boost = shape < 1 ? log(1 - nextUniform()) / shape : 0
    let d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = nextNormal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - nextUniform()) < x * x / 2 + d - d * v + d * log(v) { return boost + log(d * v) }
    }
  }
}
