/// A sample's numbers, scaled, multiplied with one another, and turned to their principal components. As
/// scikit-learn's `PolynomialFeatures(include_bias=False)` and `PCA` have them, except that products are standardized.
struct FeatureMap: Sendable {
  /// The numbers of a sample that are features, ascending.
  let places: [Int32]
  /// Numbers of a sample.
  let size: Int
  /// Of each of those: what is subtracted, and what the rest is multiplied with.
  let (shifts, scales): ([Float], [Float])
  /// The factors of each product of two or more, by their number among the features.
  private(set) var products: [[Int32]] = []
  /// As above, of each product.
  var (productShifts, productScales): ([Float], [Float]) = ([], [])
  /// The means of all features, and the components, `[components, features]`; empty for the features themselves.
  var (center, components): ([Float], [Float]) = ([], [])

  /// With products, before components.
  var expanded: Int { shifts.count + products.count }
  /// Numbers that come out.
  var width: Int { components.isEmpty ? expanded : components.count / expanded }

  /// More would take the memory of a batch.
  private static let mostFeatures = 100_000
  /// Their covariances, and the time to turn them, grow with the square and the cube.
  private static let mostForComponents = 500

  /// - Parameters:
  ///   - wanted: what `width(of:size:)` accepts.
  ///   - values: standardized, shape `[n, size]`.
  ///   - standardization: what standardized them.
  ///   - area: numbers of a sample that share a mean.
  ///   - places: the numbers of a sample that are used, ascending, of whole channels; nil for all.
  ///   - indices: the samples that train, at least one.
  /// - Throws: `TrainingError.memory` when there is no room to sort the values of a feature.
  init(
    _ wanted: Features, of values: UnsafeBufferPointer<Float>, size: Int, _ standardization: Standardization,
    area: Int, places: [Int32]? = nil, indices: [Int32]
  ) throws(TrainingError) {
    let used = places ?? (0..<Int32(size)).map { $0 }
    (self.places, self.size) = (used, size)
    (shifts, scales) = try Self.scaling(
      wanted.scaling, of: values, size: size, standardization, area: area, places: used, indices: indices)
    products = Self.products(of: used.count, degree: wanted.degree)
    (productShifts, productScales) = (
      Array(repeating: 0, count: products.count), Array(repeating: 1, count: products.count)
    )
    if !products.isEmpty { standardizeProducts(of: values, indices) }
    if wanted.components > 0 { turn(to: wanted.components, values, indices) }
  }

  /// The numbers that come out of samples of which `size` numbers are used, known before anything is fitted.
  ///
  /// - Throws: `TrainingError.invalid` where there would be too many features, or fewer than components.
  static func width(of wanted: Features, size: Int) throws(TrainingError) -> Int {
    // (n + d choose d) - 1, with a sample's own numbers.
    var count = 1.0
    for factor in 1...max(wanted.degree, 1) { count *= Double(size + factor) / Double(factor) }
    guard wanted.degree <= 1 || count - 1 <= Double(mostFeatures) else {
      throw .invalid(
        subject: "feature_degree", expected: "at most \(mostFeatures) features, products included",
        found: "\(Int(min(count - 1, 1e15).rounded())) of \(size) at degree \(wanted.degree)",
        remedy: "Lower feature_degree.")
    }
    let features = Int((count - 1).rounded())
    guard wanted.components > 0 else { return features }
    guard features <= mostForComponents, wanted.components <= features else {
      throw .invalid(
        subject: "feature_components",
        expected: "at most \(min(features, mostForComponents)), of at most \(mostForComponents) features",
        found: "\(wanted.components) of \(features)",
        remedy: "Lower feature_components, feature_degree, or the number of features.")
    }
    return wanted.components
  }

  /// By degree, factors ascending, the last one fastest.
  private static func products(of size: Int, degree: Int) -> [[Int32]] {
    var all: [[Int32]] = []
    var last = (0..<Int32(size)).map { [$0] }
    for _ in 1..<max(degree, 1) {
      // Sorted by their factors, as scikit-learn's are.
      var next: [[Int32]] = []
      for factors in last {
        for factor in factors[factors.count - 1]..<Int32(size) { next.append(factors + [factor]) }
      }
      all += next
      last = next
    }
    return all
  }

  /// Writes the features of a sample.
  ///
  /// - Parameter result: `width` numbers.
  func apply(to sample: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    guard !components.isEmpty else {
      expand(sample, into: result)
      return
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: expanded) { features in
      expand(sample, into: features.baseAddress!)
      for component in 0..<width {
        var sum: Float = 0
        let row = component * expanded
        for place in 0..<expanded { sum += components[row + place] * (features[place] - center[place]) }
        result[component] = sum
      }
    }
  }

  func expand(_ sample: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    for feature in shifts.indices {
      result[feature] = (sample[Int(places[feature])] - shifts[feature]) * scales[feature]
    }
    for (number, factors) in products.enumerated() {
      var product: Float = 1
      for factor in factors { product *= result[Int(factor)] }
      result[shifts.count + number] = (product - productShifts[number]) * productScales[number]
    }
  }
}
