import RealModule

/// What a data set is like, in a few numbers that are cheap to compute and tell similar data sets from
/// others.
///
/// A part of those of Feurer, Springenberg and Hutter, "Initializing Bayesian hyperparameter optimization via
/// meta-learning", AAAI 2015, table 1: sizes in logarithms, how the classes are spread, how the features are.
public struct MetaFeatures: Hashable, Codable, Sendable {
  public var logRows: Double
  public var logFeatures: Double
  /// ln(features / rows).
  public var logDimensionality: Double
  /// 0 for regression.
  public var classes: Double
  /// In bits; 0 for regression.
  public var classEntropy: Double
  public var leastClassShare: Double
  public var greatestClassShare: Double
  public var meanSkewness: Double
  /// In excess of the normal distribution's.
  public var meanKurtosis: Double

  /// - Parameters:
  ///   - columns: the features, `[features, rows]`: finite numbers, at least one column of at least one row.
  ///   - classCounts: how many rows each class has; empty for regression.
  public init(columns: [[Double]], classCounts: [Int]) {
    let rows = Double(columns.first?.count ?? 0)
    precondition(rows > 0, "a data set has a row and a feature")
    logRows = Double.log(rows)
    logFeatures = Double.log(Double(columns.count))
    logDimensionality = logFeatures - logRows
    classes = Double(classCounts.count)
    let shares = classCounts.map { Double($0) / Double(max(classCounts.reduce(0, +), 1)) }
    classEntropy = shares.reduce(0) { $1 > 0 ? $0 - $1 * Double.log($1) / Double.log(2) : $0 }
    leastClassShare = shares.min() ?? 0
    greatestClassShare = shares.max() ?? 0
    let moments = columns.map(Self.moments)
    meanSkewness = moments.reduce(0) { $0 + $1.skewness } / Double(columns.count)
    meanKurtosis = moments.reduce(0) { $0 + $1.kurtosis } / Double(columns.count)
  }

  /// Standardized third and fourth moments; 0 for a constant feature.
  private static func moments(_ values: [Double]) -> (skewness: Double, kurtosis: Double) {
    let n = Double(values.count)
    let mean = values.reduce(0) { $0 + $1 / n }
    var (second, third, fourth) = (0.0, 0.0, 0.0)
    for value in values {
      let difference = value - mean
      second += difference * difference / n
      third += difference * difference * difference / n
      fourth += difference * difference * difference * difference / n
    }
    guard second > 0 else { return (0, 0) }
    return (third / (second * second.squareRoot()), fourth / (second * second) - 3)
  }

  var vector: [Double] {
    [
      logRows, logFeatures, logDimensionality, classes, classEntropy, leastClassShare, greatestClassShare,
      meanSkewness, meanKurtosis,
    ]
  }

  /// The order of `others` by their distance from `self`, the nearest first, equal ones in their order: the
  /// sum of the differences, each over the range that it has among all of them.
  public func nearest(of others: [MetaFeatures]) -> [Int] {
    let all = (others + [self]).map(\.vector)
    let ranges = vector.indices.map { k in
      let values = all.map { $0[k] }
      return (values.max() ?? 0) - (values.min() ?? 0)
    }
    let distances = others.map { other in
      zip(zip(vector, other.vector), ranges).reduce(0) { sum, pair in
        pair.1 > 0 ? sum + abs(pair.0.0 - pair.0.1) / pair.1 : sum
      }
    }
    return others.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
  }
}
