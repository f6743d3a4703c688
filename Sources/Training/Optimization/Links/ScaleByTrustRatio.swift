/// Scales each parameter tensor's update by φ(‖w‖) / ‖u‖, so that every layer moves by the same fraction of
/// its size (You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", ICLR
/// 2020, Algorithm 2).
///
/// The ratio is 1 for exempt parameters, and wherever φ(‖w‖) or ‖u‖ is 0.
struct ScaleByTrustRatio: GradientTransform {
  /// The paper's φ.
  enum NormScale: Equatable, Sendable {
    case identity
    /// `min(max(‖w‖, lower), upper)`, as in the paper's §3.
    case clipped(lower: Double, upper: Double)

    func callAsFunction(_ norm: Double) -> Double {
      switch self {
      case .identity: norm
      case .clipped(let lower, let upper): min(max(norm, lower), upper)
      }
    }
  }

  var normScale: NormScale
  /// The highest ratio allowed, or nil for none. 1 is LAMBC (Fong et al., arXiv 2011.13584).
  var maximumRatio: Double?

  init(normScale: NormScale = .identity, maximumRatio: Double? = nil) {
    self.normScale = normScale
    self.maximumRatio = maximumRatio
  }

  var hyperparameters: [String: HyperparameterValue] { ["trust_ratio_clip": .number(maximumRatio ?? 0)] }

  /// The ratio of a tensor with ∑w² `parameterSquares` and ∑u² `updateSquares`.
  func ratio(parameterSquares: Double, updateSquares: Double) -> Double {
    let norm = normScale(parameterSquares.squareRoot())
    guard norm > 0, updateSquares > 0 else { return 1 }
    let ratio = norm / updateSquares.squareRoot()
    return maximumRatio.map { min(ratio, $0) } ?? ratio
  }
}
