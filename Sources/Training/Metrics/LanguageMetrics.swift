import Glibc

/// e to the mean cross entropy of a character: among how many equally probable ones it seems to be chosen.
struct Perplexity: ClassMetric {
  var name: String { "perplexity" }
  var goal: Metric.Goal { .minimize }
  var summary: String { "Of text: e to the mean cross entropy of a character." }
  var tasks: Set<TaskKind> { [.language] }

  func tally(_ predictions: ClassPredictions) -> [Double] { predictions.likelihoodTally }

  func value(of tally: [Double], width: Int) -> Double { exp(tally[0] / tally[1]) }
}

/// The mean cross entropy of a character in bits: what an arithmetic coder would need.
struct BitsPerCharacter: ClassMetric {
  var name: String { "bits_per_character" }
  var goal: Metric.Goal { .minimize }
  var summary: String { "Of text: the mean cross entropy of a character, in bits." }
  var tasks: Set<TaskKind> { [.language] }

  func tally(_ predictions: ClassPredictions) -> [Double] { predictions.likelihoodTally }

  func value(of tally: [Double], width: Int) -> Double { tally[0] / tally[1] / log(2) }
}
