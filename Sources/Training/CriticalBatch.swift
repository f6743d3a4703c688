/// The batch beyond which larger ones save few steps, from how many steps S and samples E = B·S a target takes
/// with batches of B: (S / S_min − 1)(E / E_min − 1) = 1, or S = S_min + E_min / B. McCandlish, Kaplan, Amodei et al.,
/// arXiv:1812.06162, equations 2.11 and 5.1.
public struct CriticalBatch: Equatable, Sendable {
  /// Steps with batches without end.
  public var leastSteps: Double
  /// Samples with batches of one.
  public var leastSamples: Double

  /// Samples; a batch of as many needs twice the least steps and twice the least samples.
  public var size: Double { leastSamples / leastSteps }

  /// Steps to the target with batches of `batchSize`.
  public func steps(batchSize: Double) -> Double { leastSteps + leastSamples / batchSize }

  /// By least squares of the relative error of the steps.
  ///
  /// - Parameter points: batch sizes and the steps that they took, above 0.
  /// - Returns: nil for fewer than two sizes, and where either part would not be above 0: the bend is then beyond the
  ///   sizes that were tried.
  public init?(fitting points: [(batchSize: Int, steps: Double)]) {
    // a + b / B over S, against 1.
    var (aa, ab, bb, a1, b1) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for point in points {
      let (a, b) = (1 / point.steps, 1 / (point.steps * Double(point.batchSize)))
      aa += a * a
      ab += a * b
      bb += b * b
      a1 += a
      b1 += b
    }
    let determinant = aa * bb - ab * ab
    guard determinant > 1e-12 * aa * bb else { return nil }
    leastSteps = (a1 * bb - b1 * ab) / determinant
    leastSamples = (b1 * aa - a1 * ab) / determinant
    guard leastSteps > 0, leastSamples > 0 else { return nil }
  }
}
