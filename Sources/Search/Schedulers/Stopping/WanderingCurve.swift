/// Where a learning curve will end of which nothing is known but how it has moved: as far from its last
/// point, upwards or downwards, as a random walk with steps of the same size.
///
/// Curves rise for a while, stand still and fall again, which no falling family foresees.
enum WanderingCurve {
  /// P(final < `bound`) of a curve measured to be `costs`, at least 2, with `stretches` to go: Student's,
  /// because so few steps tell little of their size.
  static func probabilityThatEnd(of costs: [Double], isBelow bound: Double, after stretches: Double) -> Double
  {
    let last = costs[costs.count - 1]
    let steps = zip(costs.dropFirst(), costs).map { $0 - $1 }
    let variance = steps.reduce(0) { $0 + $1 * $1 } / Double(steps.count) * stretches
    guard variance > 0 else { return last < bound ? 1 : 0 }
    return StudentDistribution(degrees: Double(steps.count)).cumulative(
      (bound - last) / variance.squareRoot())
  }
}
