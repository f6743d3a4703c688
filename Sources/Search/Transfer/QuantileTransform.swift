import RealModule

/// Costs as the normal quantiles of their ranks, so that studies with other scales can be compared.
///
/// Salinas, Shen and Perrone, "A quantile-based approach for hyperparameter transfer learning", ICML 2020: z
/// = Φ⁻¹(F), F the empirical distribution function, kept off 0 and 1 by δ = 1 / (4 n^¼ √(π ln n)), as for the
/// nonparanormal (Liu, Lafferty and Wasserman, JMLR 10, 2009).
enum QuantileTransform {
  /// In the order of `costs`; equal costs share the middle of their ranks. All 0 for fewer than two.
  static func targets(of costs: [Double]) -> [Double] {
    let n = Double(costs.count)
    guard costs.count > 1 else { return costs.map { _ in 0 } }
    let edge = 1 / (4 * Double.pow(n, 0.25) * (Double.pi * Double.log(n)).squareRoot())
    return SignificanceTest.ranks(of: costs).ranks.map { rank in
      NormalDistribution.quantile(min(max(rank / n, edge), 1 - edge))
    }
  }
}
