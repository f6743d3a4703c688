import Foundation

/// From `from` at step 0 in a straight line to `to` at step `steps`, which is at least 1; `to` ever after.
func ramp(from: Double, to: Double, _ step: Int, of steps: Int) -> Double {
  // Not by the formula, whose rounding would make the first value another than `from`.
  if step == 0 { return from }
  return step >= steps ? to : from + (to - from) * Double(step) / Double(steps)
}

/// How a descent from 1 to 0 is shaped: `linear`, `cosine` (half a period), or `square_root`, 1 − √share.
///
/// - Parameter share: of the way, in [0, 1].
func descent(_ shape: String, _ share: Double) -> Double {
  switch shape {
  case "cosine": (1 + cos(.pi * share)) / 2
  case "square_root": 1 - share.squareRoot()
  default: 1 - share
  }
}
