/// The points of a grid, numbered.
///
/// Values of an inactive parameter make no points of their own: a parameter's subtree is, for each of its
/// values, the product of the subtrees of those parameters that the value makes active.
struct ParameterGrid: Sendable {
  let space: SearchSpace
  /// How many points there are, those that constraints forbid among them; `Int.max` stands for that many or
  /// more.
  let count: Int
  /// For each parameter its values, as places in [0, 1], ascending.
  private let levels: [[Double]]
  /// For each parameter and each of its values the parameters that it makes active.
  private let children: [[[Int]]]
  /// For each parameter and each of its values how many points its subtree has.
  private let sizes: [[Int]]
  private let roots: [Int]
  private let stride: Int

  /// - Throws: `SearchError` for a wrong space or wrong options.
  init(_ space: SearchSpace, _ options: GridOptions) throws(SearchError) {
    try space.validate()
    try options.validate(in: space)
    self.space = space
    let parameters = space.parameters
    try Self.checkSize(of: space, options)
    let levels = parameters.map { parameter in
      parameter.domain.gridLevels(options.resolutions[parameter.name] ?? options.resolution)
    }
    let (roots, children) = Self.tree(of: space, levels)
    var sizes = levels.map { $0.map { _ in 1 } }
    // From the last to the first, because children come after their parents.
    for j in parameters.indices.reversed() {
      for k in levels[j].indices {
        for child in children[j][k] { sizes[j][k] = Self.product(sizes[j][k], Self.sum(sizes[child])) }
      }
    }
    count = roots.reduce(1) { Self.product($0, Self.sum(sizes[$1])) }
    (self.levels, self.children, self.sizes, self.roots) = (levels, children, sizes, roots)
    stride = Self.stride(for: count)
  }

  /// More levels of all parameters together would fill the memory.
  private static let mostLevels = 1 << 22

  private static func checkSize(of space: SearchSpace, _ options: GridOptions) throws(SearchError) {
    let levels = space.parameters.map { parameter in
      parameter.domain.mostGridLevels(options.resolutions[parameter.name] ?? options.resolution)
    }
    guard levels.sumSaturating > mostLevels else { return }
    throw SearchError(
      subject: "sampler grid", expected: "at most \(mostLevels) levels of all parameters together",
      found: "\(levels.sumSaturating)", remedy: "Lower the resolution, or use another sampler.")
  }

  /// Which parameters stand alone, and for each parameter and value which others it makes active.
  ///
  /// A parameter with several conditions hangs on the last parameter that it depends on; where another one
  /// does not hold, points that differ in it alone are one configuration.
  private static func tree(
    of space: SearchSpace, _ levels: [[Double]]
  ) -> (roots: [Int], children: [[[Int]]]) {
    let places = Dictionary(
      uniqueKeysWithValues: space.parameters.enumerated().map { ($0.element.name, $0.offset) })
    var children = levels.map { $0.map { _ in [Int]() } }
    var roots: [Int] = []
    for (j, parameter) in space.parameters.enumerated() {
      let parents = (parameter.condition?.all ?? []).compactMap { places[$0.parameter] }
      guard let parent = parents.max(), let all = parameter.condition?.all else {
        roots.append(j)
        continue
      }
      let (name, domain) = (space.parameters[parent].name, space.parameters[parent].domain)
      for (k, unit) in levels[parent].enumerated() {
        let value = domain.value(at: unit)
        let isActive = all.filter { $0.parameter == name }
          .allSatisfy { $0.requirement.isMet(by: value, of: domain) }
        if isActive { children[parent][k].append(j) }
      }
    }
    return (roots, children)
  }

  private static func product(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }

  private static func sum(_ sizes: [Int]) -> Int {
    sizes.reduce(0) { sum, size in
      let (sum, overflow) = sum.addingReportingOverflow(size)
      return overflow ? .max : sum
    }
  }

  /// The configuration of point `number`, from 0 to `count` - 1; the last parameter's values change fastest.
  func configuration(_ number: Int) -> Configuration {
    var point = Array(repeating: 0.5, count: space.dimension)
    settle(roots, number, in: &point)
    return space.configuration(at: point)
  }

  private func settle(_ parameters: [Int], _ number: Int, in point: inout [Double]) {
    var rest = number
    for j in parameters.reversed() {
      let total = Self.sum(sizes[j])
      var own = rest % total
      rest /= total
      for (k, size) in sizes[j].enumerated() {
        if own < size {
          point[j] = levels[j][k]
          settle(children[j][k], own, in: &point)
          break
        }
        own -= size
      }
    }
  }

  /// Which point is the one at `place` of the order in which they are tried: each is a golden section of all
  /// points farther than the one before, around the end. So the first few lie far apart, and all come once.
  func number(at place: Int) -> Int {
    let product = stride.multipliedFullWidth(by: place)
    return count.dividingFullWidth(product).remainder
  }

  private static func stride(for count: Int) -> Int {
    var stride = max(1, Int(Double(count) * 0.618_033_988_749_894_9))
    // With a common divisor some points would come twice and others never.
    while stride > 1, greatestDivisor(stride, count) > 1 { stride -= 1 }
    return stride
  }

  private static func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }
}

extension Domain {
  /// The places of the values that a grid takes: all choices, and all values of a discrete domain that has at
  /// most `resolution` of them; else `resolution` values evenly in the domain's scale, both ends among them.
  func gridLevels(_ resolution: Int) -> [Double] {
    if let count, isCategorical || count <= resolution {
      return (0..<count).compactMap { place(number: $0, of: count) }
    }
    guard resolution > 1 else { return [0.5] }
    var values: Set<ParameterValue> = []
    return (0..<resolution).map { Double($0) / Double(resolution - 1) }
      .filter { values.insert(value(at: $0)).inserted }
  }

  /// Of the k-th of `count` values; nil where there is none.
  private func place(number k: Int, of count: Int) -> Double? {
    switch self {
    // Cells of different widths.
    case .integer(_, _, .log), .quantized(_, _, _, .log): value(number: k).flatMap { unit(of: $0) }
    case .float, .integer, .quantized, .ordinal, .categorical: (Double(k) + 0.5) / Double(count)
    }
  }

  /// How many levels there are at most.
  func mostGridLevels(_ resolution: Int) -> Int {
    guard let count else { return resolution }
    return isCategorical ? count : min(count, resolution)
  }
}
