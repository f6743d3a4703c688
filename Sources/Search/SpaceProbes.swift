import Randomness

// Configurations that stand for all that a space can propose, for whoever must know before a study starts
// whether all of it can be trained: ranges inside and not at their ends alone, and every two parameters
// together.
extension SearchSpace {
  /// The middle of every range and of every list of choices; where constraints forbid that, the first probe.
  public var middle: Configuration {
    let point = Array(repeating: 0.5, count: dimension)
    return isAllowed(at: point) ? configuration(at: point) : probes().first ?? configuration(at: point)
  }

  /// How many probes pairs of parameters share, and how many are drawn at random.
  private static let (mostPairs, randomProbes) = (800, 200)

  /// Configurations that the constraints allow, each once; always the same ones.
  ///
  /// First every parameter by itself: all of its values, or those that show what lies between its ends, in
  /// their order. Then every two of them, at all of their values or at some between and with their ends. Then
  /// random draws. What is not said to vary is drawn at random, but for what a parameter's condition needs. At
  /// most a few thousand.
  package func probes() -> [Configuration] {
    var random = CounterGenerator(seed: 0, purpose: .proposal)
    var probes: [Configuration] = []
    var seen: Set<Configuration> = []
    func add(_ point: [Double]) {
      let configuration = configuration(at: point)
      if isAllowed(configuration), seen.insert(configuration).inserted { probes.append(configuration) }
    }
    for index in parameters.indices {
      for unit in parameters[index].domain.levels(most: 48) {
        // Where the constraints refuse one draw of the others they may allow another.
        for _ in 0..<(constraints.isEmpty ? 1 : 4) {
          add(point([(index, unit)], from: uniformPoint(using: &random)))
        }
      }
    }
    let pairs = dimension * (dimension - 1) / 2
    let most = min(8, max(2, Int(Double(Self.mostPairs / max(1, pairs)).squareRoot())))
    let levels = parameters.map { $0.domain.levels(most: most) }
    for second in parameters.indices {
      for first in 0..<second {
        for unit in levels[first] {
          for other in levels[second] {
            add(point([(first, unit), (second, other)], from: uniformPoint(using: &random)))
          }
        }
      }
    }
    for _ in 0..<Self.randomProbes { add(uniformPoint(using: &random)) }
    return probes
  }

  /// Configurations in which one active parameter of `configuration` has another of its values, at most `most`
  /// of them, in their order.
  package func variations(
    of name: String, in configuration: Configuration, most: Int = 8
  ) -> [Configuration] {
    guard let index = parameters.firstIndex(where: { $0.name == name }) else { return [] }
    let point = parameters.map { parameter in
      configuration[parameter.name].flatMap(parameter.domain.unit) ?? 0.5
    }
    return parameters[index].domain.levels(most: most).map { unit in
      var moved = point
      moved[index] = unit
      return self.configuration(at: moved)
    }.filter { $0[name] != configuration[name] }
  }

  /// `point` with these coordinates, and with those that make their parameters active.
  private func point(_ coordinates: [(index: Int, unit: Double)], from point: [Double]) -> [Double] {
    var point = point
    for (index, unit) in coordinates.reversed() {
      activate(parameters[index], in: &point)
      point[index] = unit
    }
    return point
  }

  private func activate(_ parameter: Parameter, in point: inout [Double]) {
    for condition in parameter.condition?.all ?? [] {
      guard let parent = parameters.firstIndex(where: { $0.name == condition.parameter }),
        let unit = condition.requirement.example(of: parameters[parent].domain)
      else { continue }
      activate(parameters[parent], in: &point)
      let domain = parameters[parent].domain
      if !condition.requirement.isMet(by: domain.value(at: point[parent]), of: domain) {
        point[parent] = unit
      }
    }
  }
}

extension Condition.Requirement {
  /// The place in the unit interval of a value that meets it.
  fileprivate func example(of domain: Domain) -> Double? {
    switch self {
    case .oneOf(let values): values.first.flatMap(domain.unit)
    case .range(let low?, _) where domain.contains(low): domain.unit(of: low)
    case .range(_, let high?) where domain.contains(high): domain.unit(of: high)
    // The ends do not lie on the domain's values, or beyond them.
    case .range:
      (0...1000).lazy.map { Double($0) / 1000 }.first { isMet(by: domain.value(at: $0), of: domain) }
    }
  }
}

extension Domain {
  /// Places in the unit interval that stand for all of it, ascending: every value where there are at most
  /// `most`, else both ends, neighbours at the lower one (which show what only every so many-th value meets),
  /// and places spread between.
  fileprivate func levels(most: Int) -> [Double] {
    guard let count else { return most > 8 ? [0, 0.25, 0.5, 0.75, 1] : most > 2 ? [0, 0.5, 1] : [0, 1] }
    guard count > most else { return (0..<count).map { place(of: $0, among: count) } }
    let neighbours = most / 2
    let spread = (1...(most - neighbours)).map { Double($0) / Double(most - neighbours) }
    return (0..<neighbours).map { place(of: $0, among: count) } + spread
  }

  /// Where the k-th of its values lies.
  private func place(of k: Int, among count: Int) -> Double {
    let first = value(at: 0)
    switch self {
    case .integer, .quantized: return unit(of: neighbour(of: first, by: k)) ?? 0
    case .float, .ordinal, .categorical: return (Double(k) + 0.5) / Double(count)
    }
  }
}

extension Constraint {
  /// The parameters and bare words that the formula names.
  package var names: [String] { expression.names }
}
