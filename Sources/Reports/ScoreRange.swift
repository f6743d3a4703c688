import Search

/// The scores that a picture shows, from the worst to the best: the better half of them, because one diverged trial
/// would otherwise press all others into a line.
struct ScoreRange {
  var objective: Objective
  /// Scores, in the objective's own sign.
  var worst: Double
  var best: Double
  /// True when losses span more than a linear scale can show.
  var isLogarithmic: Bool
  /// How many values are worse than `worst`.
  var beyond: Int

  /// How many shades a score can have, from 0, the worst.
  static let shades = 7
  /// Of fewer scores all are shown.
  static let fewestCut = 8

  /// Nil when there are no values.
  init?(_ scores: some Sequence<Double>, objective: Objective) {
    let costs = scores.filter(\.isFinite).map(objective.cost(of:)).sorted()
    guard let least = costs.first, let most = costs.last else { return nil }
    self.objective = objective
    isLogarithmic = objective.goal == .minimize && least > 0 && most / least > 50
    // The better half, and a little more: the rest is of trials that nobody asks about.
    let usual = 1.25 * (costs[(costs.count - 1) / 2] - least)
    let isCut = !isLogarithmic && costs.count >= Self.fewestCut && usual > 0 && most - least > usual
    let end = isCut ? least + usual : most
    (best, worst) = (objective.score(of: least), objective.score(of: end))
    beyond = costs.count { $0 > end }
  }

  var axis: Axis {
    isLogarithmic ? .logarithmic(best * 0.9, worst * 1.1) : .linear(min(best, worst), max(best, worst))
  }

  /// The class of the score's colour, 0 for the worst: `ScoreRange.shades` steps from `worst` to `best`.
  func shade(of score: Double) -> Int {
    guard best != worst else { return ScoreRange.shades - 1 }
    let scale = Axis(
      measure: isLogarithmic ? .log : .linear, low: min(best, worst), high: max(best, worst), ticks: [])
    let goodness = best > worst ? scale.fraction(of: score) : 1 - scale.fraction(of: score)
    return min(max(Int(goodness * Double(ScoreRange.shades)), 0), ScoreRange.shades - 1)
  }

  /// What a caption says of the values beyond the range; empty when there are none.
  var remark: String {
    guard beyond > 0 else { return "" }
    let isOne = beyond == 1
    return " \(Numerals.count(beyond, "value")) worse than \(Numerals.text(worst)) \(isOne ? "is" : "are") "
      + "beyond the edge."
  }

  /// The colours, with the scores at their ends.
  var legend: Markup { ScoreRange.ramp(from: Numerals.text(worst), to: Numerals.text(best)) }

  /// All shades in a row, with words at their ends.
  static func ramp(from start: String, to end: String) -> Markup {
    let shades = (0..<ScoreRange.shades).map { shade -> Markup in "<i class=\"s\(shade)\"></i>" }
    return """
      <span class="legend">\(start)<span class="ramp">\(shades.joined())</span>\(end)</span>
      """
  }
}
