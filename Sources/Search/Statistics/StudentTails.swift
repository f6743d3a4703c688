extension StudentDistribution {
  /// P(|T| ≥ |t|).
  func twoSided(_ t: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : 0 }
    return incompleteBeta(degrees / 2, 0.5, at: degrees / (degrees + t * t))
  }

  /// The t with P(|T| ≥ t) = `probability`, strictly between 0 and 1, by bisection.
  func twoSidedQuantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a probability strictly between 0 and 1")
    var (low, high) = (0.0, 1.0)
    while twoSided(high) > probability { high *= 2 }
    while high - low > 1e-14 * high {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      if twoSided(middle) > probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
