import Randomness
import RealModule

/// A Gaussian restricted to [0, 1].
enum TruncatedNormal {
  /// The mass that the whole Gaussian has between `low` and `high`, at least the least positive number.
  static func mass(_ low: Double, _ high: Double, _ center: Double, _ bandwidth: Double) -> Double {
    let reach = 8.3 * bandwidth
    // Less than a unit in the last place lies beyond.
    if center - low > reach, high - center > reach { return 1 }
    let scale = 1 / (bandwidth * Double.sqrt(2))
    var (from, to) = ((low - center) * scale, (high - center) * scale)
    // Both in the same tail: its complement loses nothing to rounding.
    if from > 0 { (from, to) = (-to, -from) }
    return max((Double.erfc(-to) - Double.erfc(-from)) / 2, .leastNormalMagnitude)
  }

  /// A draw for a centre in [0, 1]: a good part of the Gaussian's draws lie there, and the first of those is
  /// taken.
  static func draw(_ center: Double, _ bandwidth: Double, using random: inout CounterGenerator) -> Double {
    while true {
      let radius = Double.sqrt(-2 * Double.log(1 - random.nextUniform()))
      let angle = 2 * Double.pi * random.nextUniform()
      for z in [radius * Double.cos(angle), radius * Double.sin(angle)] {
        let unit = center + bandwidth * z
        if unit >= 0, unit <= 1 { return unit }
      }
    }
  }
}
