import Foundation

/// A score with what is known of its precision, as people read it: as many digits as mean something.
public struct MeasuredScore: Equatable, Sendable {
  /// With its own sign.
  public var score: Double
  /// Its standard error over other samples of the same kind, or over seeds; nil where it is not known.
  public var error: Double?

  public init(_ score: Double, error: Double? = nil) {
    self.score = score
    self.error = error
  }

  /// What the standard error of a metric is called, as a metric of its own: of `dev_accuracy` `dev_accuracy_stderr`.
  public static func errorName(of metric: String) -> String { "\(metric)_stderr" }

  /// `0.955 ± 0.007`; where the error is not known, or 0, four digits after the point, or five in all where that says
  /// little or too much.
  public var text: String { text(plusMinus: "±") }

  /// - Parameter plusMinus: what stands between score and error.
  public func text(plusMinus: String) -> String {
    guard let decimals else {
      let size = abs(score)
      return String(format: size == 0 || (0.001..<10_000).contains(size) ? "%.4f" : "%.5g", score)
    }
    return String(format: "%.\(decimals)f \(plusMinus) %.\(decimals)f", score, error ?? 0)
  }

  /// `0.955`: the same without the error.
  public var scoreText: String {
    decimals.map { String(format: "%.\($0)f", score) } ?? MeasuredScore(score).text
  }

  /// Digits after the point: the error's first, and the second where the first is a 1.
  private var decimals: Int? {
    guard let error, error.isFinite, error > 0, score.isFinite else { return nil }
    let exponent = Int(log10(error).rounded(.down))
    let leading = error / pow(10, Double(exponent))
    return min(12, max(0, (leading < 1.95 ? 1 : 0) - exponent))
  }
}
