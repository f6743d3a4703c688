import RealModule

/// A bend of each number's axis, so that a function that changes much at one end of a range and little at the
/// other is as smooth as its model takes it to be: the distribution function of Kumaraswamy,
///
///     w(u) = 1 - (1 - u^a)^b
///
/// (Snoek, Swersky, Zemel and Adams, "Input warping for Bayesian optimization of non-stationary functions",
/// ICML 2014, with Kumaraswamy's distribution for their beta, whose function has a closed form).
package struct InputWarping: Equatable {
  /// (a, b) of each coordinate, both above 0; (1, 1) leaves it as it is.
  package private(set) var exponents: [(a: Double, b: Double)]

  package static func == (left: Self, right: Self) -> Bool {
    left.exponents.elementsEqual(right.exponents) { $0 == $1 }
  }

  package init(dimension: Int) { exponents = Array(repeating: (1, 1), count: dimension) }

  package var isIdentity: Bool { exponents.allSatisfy { $0 == (1, 1) } }

  /// `features` with those of the first coordinates bent; what follows them, such as a budget, is kept.
  func warped(_ features: [Double]) -> [Double] {
    guard !isIdentity else { return features }
    return features.indices.map { $0 < exponents.count ? value(features[$0], at: $0) : features[$0] }
  }

  func warped(_ points: PointSet) -> PointSet {
    var bent = PointSet(categorical: points.categorical.map { $0 == 1 }, capacity: points.count)
    for i in 0..<points.count { bent.append(warped(points[i])) }
    return bent
  }

  package func value(_ u: Double, at j: Int) -> Double {
    let (a, b) = exponents[j]
    guard (a, b) != (1, 1) else { return u }
    return 1 - Double.pow(1 - Double.pow(min(max(u, 0), 1), a), b)
  }

  /// w′(u); finite at the ends, where some of these functions stand upright.
  package func slope(_ u: Double, at j: Int) -> Double {
    let (a, b) = exponents[j]
    guard (a, b) != (1, 1) else { return 1 }
    let u = min(max(u, 1e-6), 1 - 1e-6)
    let power = Double.pow(u, a)
    return a * b * power / u * Double.pow(1 - power, b - 1)
  }
}

extension InputWarping {
  /// What an axis may be bent to: either end drawn out or pressed together.
  private static let shapes: [(a: Double, b: Double)] = [(0.5, 1), (2, 1), (1, 0.5), (1, 2)]
  /// Of the normal prior of ln a and ln b, as in Snoek et al. of mean 0: a bend must explain something.
  private static let deviation = 0.5

  private var penalty: Double {
    exponents.reduce(0) { sum, shape in
      let (a, b) = (Double.log(shape.a), Double.log(shape.b))
      return sum + (a * a + b * b) / (2 * Self.deviation * Self.deviation)
    }
  }

  /// The bends that make targets most probable under given hyperparameters, axis by axis. O(d n³).
  ///
  /// - Parameter dimension: how many of the points' coordinates may be bent, the first ones.
  package static func fitted(
    to points: PointSet, _ targets: [Double], noises: [Double?] = [],
    at hyperparameters: GaussianProcessHyperparameters, dimension: Int
  ) -> InputWarping {
    func cost(_ warping: InputWarping) -> Double {
      var likelihood = MarginalLikelihood(
        points: warping.warped(points), targets: targets, noises: noises)
      return likelihood.negativeLog(at: hyperparameters).map { $0 + warping.penalty } ?? .infinity
    }
    var best = InputWarping(dimension: dimension)
    var least = cost(best)
    for j in 0..<dimension where points.categorical[j] == 0 {
      for shape in shapes {
        var bent = best
        bent.exponents[j] = shape
        let cost = cost(bent)
        if cost < least { (least, best) = (cost, bent) }
      }
    }
    return best
  }
}
