/// How much forecasts of learning curves were wrong, told by the trials that were trained to the end: what a
/// schedule does to all curves, such as a warm-up or a late decay, no family of falling curves can know.
///
/// The trials that got to the end are the better ones, so that their errors are a promising trial's. O(1) a
/// forecast.
struct ForecastErrors: Codable, Equatable, Sendable {
  /// By the number of measurements that was known: the end less what was foretold, of the newest trials.
  private var ofForecasts: [Int: [Double]] = [:]
  /// Likewise the end less the newest cost: all that is known where nothing can be foretold.
  private var ofNewest: [Int: [Double]] = [:]

  private static let most = 32

  /// A trial that was measured to be `costs` has come to its end.
  ///
  /// - Parameter middle: where it was foretold to end; nil where nothing was.
  mutating func take(end: Double, of costs: [Double], foretold middle: Double?) {
    Self.keep(end - costs[costs.count - 1], in: &ofNewest[costs.count, default: []])
    if let middle { Self.keep(end - middle, in: &ofForecasts[costs.count, default: []]) }
  }

  private static func keep(_ error: Double, in errors: inout [Double]) {
    guard error.isFinite else { return }
    errors.append(error)
    if errors.count > most { errors.removeFirst() }
  }

  /// P(end < `bound`) of a trial measured to be `costs`.
  ///
  /// With a forecast the mean of the probability as foretold, and of those after each known error has been added to
  /// it. Without one, how costs changed from the same budget to the end says how the newest one may: Student's
  /// predictive distribution of one more such change, whose scale is the change itself where only one is known.
  func probability(thatEndOf costs: [Double], isBelow bound: Double, by forecast: EndForecast?) -> Double {
    if let forecast {
      let known = ofForecasts[costs.count] ?? []
      let sum = known.reduce(forecast.probability(below: bound)) {
        $0 + forecast.probability(below: bound - $1)
      }
      return sum / Double(known.count + 1)
    }
    let (known, room) = (ofNewest[costs.count] ?? [], bound - costs[costs.count - 1])
    guard !known.isEmpty else { return room > 0 ? 1 : 0 }
    let summary = Summary(known)
    let count = Double(known.count)
    let deviation = known.count > 1 ? summary.variance.squareRoot() : abs(known[0])
    guard deviation > 0, deviation.isFinite else { return room > summary.mean ? 1 : 0 }
    return StudentDistribution(degrees: max(1, count - 1))
      .cumulative((room - summary.mean) / (deviation * (1 + 1 / count).squareRoot()))
  }
}
