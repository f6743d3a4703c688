/// The mean of -ln p, where p is the probability of what is true: the loss without label smoothing, in nats.
struct LogLoss: ClassMetric {
  var name: String { "log_loss" }
  var goal: Metric.Goal { .minimize }
  var summary: String { "The mean cross entropy, in nats, summed in double precision." }

  func tally(_ predictions: ClassPredictions) -> [Double] { predictions.likelihoodTally }

  func value(of tally: [Double], width: Int) -> Double { tally[0] / tally[1] }
}

extension ClassPredictions {
  /// The sum of -ln p, and the rows.
  var likelihoodTally: [Double] { [-logLikelihoods.reduce(0, +), Double(rows)] }
}
