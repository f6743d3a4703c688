import Randomness

/// A search space as a Gaussian process and its acquisition see it.
///
/// A point is one of the unit cube, a coordinate for each parameter; snapped, its discrete coordinates lie at
/// the middle of their cells. Its features are the same numbers, except that an inactive number lies in the
/// middle of its range and an inactive choice is a choice of its own, -1. So configurations that differ only
/// in what is inactive are one and the same; those that differ in activity differ in the parent's choice too,
/// and the kernel learns from that how far apart they are.
struct FeatureSpace {
  let space: SearchSpace
  let categorical: [Bool]
  let kinds: [Kind]
  private let activations: [[Activation]]
  /// How many cells of equal width a coordinate has; nil for a continuum, and where they differ.
  private let evenCells: [Int?]

  enum Kind: Equatable {
    case continuous
    /// Integers, steps and ordered values: cells in an order.
    case integer(count: Int)
    case categorical(count: Int)
  }

  private struct Activation {
    var parent: Int
    var domain: Domain
    var requirement: Condition.Requirement
  }

  init(_ space: SearchSpace) {
    self.space = space
    categorical = space.parameters.map(\.domain.isCategorical)
    kinds = space.parameters.map { parameter in
      switch parameter.domain {
      case .float: .continuous
      case .integer(let low, let high, _): .integer(count: high - low + 1)
      // One value alone is the same at any place.
      case .quantized, .ordinal, .categorical:
        parameter.domain.isCategorical || parameter.domain.count == 1
          ? .categorical(count: parameter.domain.count ?? 1) : .integer(count: parameter.domain.count ?? 1)
      }
    }
    evenCells = space.parameters.map { parameter in
      switch parameter.domain {
      case .float, .integer(_, _, .log), .quantized(_, _, _, .log): nil
      case .integer, .quantized, .ordinal, .categorical: parameter.domain.count
      }
    }
    activations = space.parameters.map { parameter in
      (parameter.condition?.all ?? []).compactMap { condition in
        space.parameters.firstIndex { $0.name == condition.parameter }.map { parent in
          Activation(
            parent: parent, domain: space.parameters[parent].domain, requirement: condition.requirement)
        }
      }
    }
  }

  var dimension: Int { kinds.count }

  /// Numbers that a gradient can move.
  var isNumeric: [Bool] { categorical.map(!) }

  func isActive(at point: [Double]) -> [Bool] {
    var active = Array(repeating: true, count: dimension)
    for (j, own) in activations.enumerated() where !own.isEmpty {
      // Parents come first, so that theirs is settled.
      active[j] = own.allSatisfy {
        active[$0.parent]
          && $0.requirement.isMet(by: $0.domain.value(at: point[$0.parent]), of: $0.domain)
      }
    }
    return active
  }

  /// Discrete coordinates moved to the middle of their cells.
  func snapped(_ point: [Double]) -> [Double] {
    point.indices.map { snapped(point[$0], at: $0) }
  }

  func snapped(_ unit: Double, at j: Int) -> Double {
    if let count = evenCells[j] {
      let index = min(Int(min(max(unit, 0), 1) * Double(count)), count - 1)
      return (Double(index) + 0.5) / Double(count)
    }
    switch kinds[j] {
    case .continuous:
      return min(max(unit, 0), 1)
    case .integer, .categorical:
      let domain = space.parameters[j].domain
      guard let place = domain.unit(of: domain.value(at: unit)) else {
        preconditionFailure("a value of a domain has a place in it")
      }
      return place
    }
  }

  func features(of point: [Double]) -> [Double] {
    guard activations.contains(where: { !$0.isEmpty }) else { return point }
    let active = isActive(at: point)
    return point.indices.map { j in active[j] ? point[j] : categorical[j] ? -1 : 0.5 }
  }

  /// The snapped points that differ from `point` in one active discrete coordinate: all of up to eight
  /// values; of more, the next below and above, and one drawn at random.
  func neighbours(of point: [Double], using random: inout CounterGenerator) -> [[Double]] {
    let active = isActive(at: point)
    var found: [[Double]] = []
    for j in point.indices where active[j] {
      let others: [Double]
      switch kinds[j] {
      case .continuous: continue
      case .categorical(let count) where count <= 8, .integer(let count) where count <= 8:
        others = (0..<count).map { snapped((Double($0) + 0.5) / Double(count), at: j) }
      case .categorical:
        others = [snapped(random.nextUniform(), at: j)]
      case .integer:
        others = [
          next(to: point[j], by: -1, at: j), next(to: point[j], by: 1, at: j),
          snapped(random.nextUniform(), at: j),
        ]
      }
      for other in others where other != point[j] {
        var neighbour = point
        neighbour[j] = other
        found.append(neighbour)
      }
    }
    return found
  }

  private func next(to unit: Double, by step: Int, at j: Int) -> Double {
    let domain = space.parameters[j].domain
    let value = domain.value(at: unit)
    return domain.unit(of: domain.neighbour(of: value, by: step)) ?? unit
  }
}
