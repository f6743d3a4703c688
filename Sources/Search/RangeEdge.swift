/// A hyperparameter whose best value lies at an edge of its range: a wider range may hold a better one.
public struct RangeEdge: Equatable, Sendable {
  public var name: String
  public var value: ParameterValue
  public var domain: Domain
  public var isUpper: Bool

  /// How near a continuum's edge is, as a share of the range on its scale.
  public static let margin = 0.02
}

extension SearchSpace {
  /// The hyperparameters of a configuration that lie at an edge of their range, in the space's order: within
  /// `RangeEdge.margin` of a continuum's, on the first or last of at least three values in an order.
  public func edges(of configuration: Configuration) -> [RangeEdge] {
    parameters.compactMap { parameter in
      guard let value = configuration[parameter.name], let isUpper = parameter.domain.edge(at: value) else {
        return nil
      }
      return RangeEdge(name: parameter.name, value: value, domain: parameter.domain, isUpper: isUpper)
    }
  }
}

extension Domain {
  /// Whether a value is at the upper edge, or the lower one; nil within, and where there is no order.
  fileprivate func edge(at value: ParameterValue) -> Bool? {
    guard !isCategorical, let place = unit(of: value) else { return nil }
    if let count, count < 3 { return nil }
    // Of few values each is far from the next.
    let margin = count.map { $0 > 50 ? RangeEdge.margin : 0 } ?? RangeEdge.margin
    if value == self.value(at: 0) || place <= margin { return false }
    return value == self.value(at: 1) || place >= 1 - margin ? true : nil
  }
}
