/// A sample's numbers, scaled, multiplied with one another, and turned to their principal components. As
/// scikit-learn's `PolynomialFeatures(include_bias=False)` and `PCA` have them, except that products are standardized.
struct FeatureMap: Sendable {
  /// Of each number of a standardized sample: what is subtracted, and what the rest is multiplied with.
  private let (shifts, scales): ([Float], [Float])
  /// The factors of each product of two or more.
  private var products: [[Int32]] = []
  /// As above, of each product.
  private var (productShifts, productScales): ([Float], [Float]) = ([], [])
  /// The means of all features, and the components, `[components, features]`; empty for the features themselves.
  private var (center, components): ([Float], [Float]) = ([], [])

  /// With products, before components.
  private var expanded: Int { shifts.count + products.count }
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
  ///   - indices: the samples that train, at least one.
  init(
    _ wanted: Features, of values: UnsafeBufferPointer<Float>, size: Int, _ standardization: Standardization,
    area: Int, indices: [Int32]
  ) {
    (shifts, scales) = Self.scaling(
      wanted.scaling, of: values, size: size, standardization, area: area, indices: indices)
    products = Self.products(of: size, degree: wanted.degree)
    (productShifts, productScales) = (
      Array(repeating: 0, count: products.count), Array(repeating: 1, count: products.count)
    )
    if !products.isEmpty { standardizeProducts(of: values, indices) }
    if wanted.components > 0 { turn(to: wanted.components, values, indices) }
  }

  /// The numbers that come out of samples of `size` numbers, known before anything is fitted.
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

  private func expand(_ sample: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    for place in shifts.indices { result[place] = (sample[place] - shifts[place]) * scales[place] }
    for (number, factors) in products.enumerated() {
      var product: Float = 1
      for factor in factors { product *= result[Int(factor)] }
      result[shifts.count + number] = (product - productShifts[number]) * productScales[number]
    }
  }
}

// Fitting.
extension FeatureMap {
  private static func scaling(
    _ scaling: FeatureScaling, of values: UnsafeBufferPointer<Float>, size: Int,
    _ standardization: Standardization,
    area: Int, indices: [Int32]
  ) -> ([Float], [Float]) {
    var (shifts, scales) = ([Float](repeating: 0, count: size), [Float](repeating: 1, count: size))
    if scaling == .standard { return (shifts, scales) }
    for channel in 0..<size / area {
      let places = channel * area..<(channel + 1) * area
      var (shift, scale): (Float, Float)
      if scaling == .none {
        scale = standardization.deviations[channel]
        shift = -standardization.means[channel] / scale
      } else {
        let sorted = indices.flatMap { sample in places.map { values[Int(sample) * size + $0] } }.sorted()
        let (low, high) = scaling == .minmax ? (0, 1) : (0.25, 0.75)
        let spread = sorted.quantile(high) - sorted.quantile(low)
        (shift, scale) = (sorted.quantile(scaling == .minmax ? 0 : 0.5), spread > 0 ? 1 / spread : 1)
      }
      for place in places { (shifts[place], scales[place]) = (shift, scale) }
    }
    return (shifts, scales)
  }

  private func forEach(
    _ indices: [Int32], of values: UnsafeBufferPointer<Float>,
    _ body: (UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: expanded) { features in
      for sample in indices {
        expand(values.baseAddress! + Int(sample) * shifts.count, into: features.baseAddress!)
        body(features)
      }
    }
  }

  private mutating func standardizeProducts(of values: UnsafeBufferPointer<Float>, _ indices: [Int32]) {
    let (first, count) = (shifts.count, Double(indices.count))
    var sums = [Double](repeating: 0, count: products.count)
    forEach(indices, of: values) { features in
      for number in sums.indices { sums[number] += Double(features[first + number]) }
    }
    let means = sums.map { $0 / count }
    var squares = [Double](repeating: 0, count: products.count)
    forEach(indices, of: values) { features in
      for number in squares.indices {
        let difference = Double(features[first + number]) - means[number]
        squares[number] += difference * difference
      }
    }
    productShifts = means.map { Float($0) }
    productScales = squares.map { $0 > 0 ? Float(1 / ($0 / count).squareRoot()) : 1 }
  }

  private mutating func turn(to count: Int, _ values: UnsafeBufferPointer<Float>, _ indices: [Int32]) {
    let size = expanded
    var means = [Double](repeating: 0, count: size)
    forEach(indices, of: values) { features in
      for place in 0..<size { means[place] += Double(features[place]) / Double(indices.count) }
    }
    var covariance = [Double](repeating: 0, count: size * size)
    var row = [Double](repeating: 0, count: size)
    forEach(indices, of: values) { features in
      for place in 0..<size { row[place] = Double(features[place]) - means[place] }
      for first in 0..<size {
        let factor = row[first]
        for second in first..<size { covariance[first * size + second] += factor * row[second] }
      }
    }
    for first in 0..<size {
      for second in 0..<first { covariance[first * size + second] = covariance[second * size + first] }
    }
    let axes = PrincipalAxes(of: covariance, size: size)
    center = means.map { Float($0) }
    components = axes.vectors.prefix(count).flatMap { $0.map { Float($0) } }
  }
}

extension TrainingData {
  /// The same data with features that are fitted to the samples that train here.
  ///
  /// They are computed as samples are gathered, so nothing is copied, and the memory that a node's ranks share stays
  /// shared. Linear in the number of training samples, and quadratic in the features where there are components.
  ///
  /// - Throws: as `shaped(by:)`.
  func mapped(by wanted: Features) throws(TrainingError) -> TrainingData {
    var copy = try shaped(by: wanted)
    guard wanted != Features(), case .labelled(.memory(let memory), let size, _, let split) = content,
      case .samples(let shape, _) = form, let standardization
    else { return copy }
    copy.features = memory.withScalars { scalars in
      FeatureMap(
        wanted, of: scalars, size: size, standardization, area: Standardization.area(of: shape),
        indices: split.train)
    }
    return copy
  }

  /// The same data in the form that its features will have, of which no number is computed yet: what a check needs.
  ///
  /// - Throws: `TrainingError.invalid` for data that stay in a file or are shrunk, and for too many features.
  package func shaped(by wanted: Features) throws(TrainingError) -> TrainingData {
    guard wanted != Features() else { return self }
    guard case .labelled(.memory, let size, _, _) = content, case .samples(_, let targets) = form,
      average == nil
    else {
      throw .invalid(
        subject: "feature_scaling", expected: "samples in memory, at their full resolution",
        found: average == nil ? "samples that are read on demand, or a text" : "a resolution below 1",
        remedy: "Leave feature_scaling, feature_degree and feature_components out.")
    }
    let width = try FeatureMap.width(of: wanted, size: size)
    var copy = self
    if wanted.degree > 1 || wanted.components > 0 { copy.form = .samples(shape: [width], targets: targets) }
    return copy
  }
}
