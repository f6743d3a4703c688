/// How much forecasts of learning curves were wrong, told by the trials that were trained to the end: what a
/// schedule does to all curves, such as a warm-up or a late decay, no family of falling curves can know.
///
/// The trials that got to the end are the better ones, so that their errors are a promising trial's. O(1) a
/// forecast.
struct ForecastErrors: Codable, Equatable, Sendable {
  /// By the number of measurements that was forecast from: the end less what was expected, of the newest trials.
  private var errors: [Int: [Double]] = [:]

  private static let most = 32

  mutating func take(_ error: Double, at count: Int) {
    errors[count, default: []].append(error)
    if errors[count, default: []].count > Self.most { errors[count]?.removeFirst() }
  }

  /// P(end < `bound`) of a trial measured to be `costs`: the mean of the probability as foretold, and of those
  /// after each known error has been added to the forecast. Where there is no forecast the newest cost is
  /// expected, and the errors alone say how far from it the end may lie: Student's predictive distribution of
  /// one more of them, whose scale is the error itself where only one is known.
  func probability(thatEndOf costs: [Double], isBelow bound: Double, by forecast: EndForecast?) -> Double {
    let known = errors[costs.count] ?? []
    if let forecast {
      let sum = known.reduce(forecast.probability(below: bound)) {
        $0 + forecast.probability(below: bound - $1)
      }
      return sum / Double(known.count + 1)
    }
    let room = bound - costs[costs.count - 1]
    guard !known.isEmpty else { return room > 0 ? 1 : 0 }
    let summary = Summary(known)
    let count = Double(known.count)
    let deviation = known.count > 1 ? summary.variance.squareRoot() : abs(known[0])
    guard deviation > 0 else { return room > summary.mean ? 1 : 0 }
    return StudentDistribution(degrees: max(1, count - 1))
      .cumulative((room - summary.mean) / (deviation * (1 + 1 / count).squareRoot()))
  }
}
