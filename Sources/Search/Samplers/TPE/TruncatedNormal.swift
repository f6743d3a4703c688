import Randomness
import RealModule

/// A Gaussian restricted to [0, 1].
enum TruncatedNormal {
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
