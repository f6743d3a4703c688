/// The gradient noise scale B_simple = tr Σ / |G|² in samples: about the batch up to which one twice as large needs
/// half the steps. McCandlish, Kaplan, Amodei et al., arXiv:1812.06162, equation 2.9 and appendix A.1.
///
///     G     the gradient of the loss over all data
///     Σ     the covariance of one sample's gradient
///     g_B   the mean gradient of B samples: E|g_B|² = |G|² + tr Σ / B
///
/// Two batch sizes at a step, the whole batch and its shares, give an unbiased estimate of either term. Their ratio
/// would not be: so both are averaged over the steps, each step's counting 1 % less with every later one.
public struct NoiseScale: Equatable, Sendable {
  /// The moving average of tr Σ, from 0.
  var noise = 0.0
  /// That of |G|², from 0. What both lack, because they begin there, is the same.
  var signal = 0.0

  /// Samples; nil before the first step, and where the noise hides the gradient, so that only its average over more
  /// steps could tell.
  public var value: Double? {
    let scale = noise / signal
    return noise > 0 && signal > 0 && scale.isFinite ? scale : nil
  }

  private static let retention = 0.99

  /// What is seen of the gradients at a step.
  struct Squares: Equatable, Sendable {
    /// The sum over the shares of |g|².
    var ofShares = 0.0
    /// The sum over the shares of 1 / samples.
    var reciprocals = 0.0
    var shares = 0.0

    mutating func add(_ square: Double, samples: Int) {
      ofShares += square
      reciprocals += 1 / Double(samples)
      shares += 1
    }
  }

  /// Takes another step. Nothing changes where its shares are no smaller than the batch.
  ///
  /// - Parameters:
  ///   - shares: of all ranks.
  ///   - square: |g|² of the batch.
  ///   - samples: of the batch.
  mutating func record(_ shares: Squares, batch square: Double, samples: Int) {
    guard shares.shares > 0 else { return }
    let (small, big) = (shares.reciprocals / shares.shares, 1 / Double(samples))
    guard small > big else { return }
    let ofShare = shares.ofShares / shares.shares
    let (newNoise, newSignal) = (
      (ofShare - square) / (small - big), (square * small - ofShare * big) / (small - big)
    )
    guard newNoise.isFinite, newSignal.isFinite else { return }
    noise = Self.retention * noise + (1 - Self.retention) * newNoise
    signal = Self.retention * signal + (1 - Self.retention) * newSignal
  }
}
