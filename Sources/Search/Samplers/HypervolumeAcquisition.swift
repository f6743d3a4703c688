import RealModule

/// ln of the expected hypervolume improvement.
struct HypervolumeAcquisition: AcquisitionFunction {
  let capacity: Int
  private let improvement: ExpectedHypervolumeImprovement
  private let batches: [PosteriorBatch]

  init(_ improvement: ExpectedHypervolumeImprovement, of processes: [GaussianProcess], capacity: Int) {
    self.improvement = improvement
    self.capacity = capacity
    batches = processes.map { PosteriorBatch(of: $0, capacity: capacity) }
  }

  func values(at queries: [Double]) -> [Double] { evaluate(queries).values }

  func ascent(at queries: [Double]) -> (values: [Double], gradients: [Double]) {
    let (values, slopes) = evaluate(queries)
    var gradients = Array(repeating: 0.0, count: queries.count)
    for (batch, slope) in zip(batches, slopes) {
      let part = batch.gradients(byMeans: slope.byMeans, byVariances: slope.byVariances)
      for k in gradients.indices { gradients[k] += part[k] }
    }
    return (values, gradients)
  }

  /// Derivatives of the values by one process's means and variances at the queries.
  private struct Slope {
    var byMeans: [Double] = []
    var byVariances: [Double] = []

    mutating func append(_ byMean: Double, _ byDeviation: Double, _ deviation: Double) {
      byMeans.append(byMean)
      byVariances.append(byDeviation / (2 * deviation))
    }
  }

  private func evaluate(_ queries: [Double]) -> (values: [Double], slopes: [Slope]) {
    let posteriors = batches.map { $0.evaluate(queries) }
    var slopes = Array(repeating: Slope(), count: batches.count)
    var values: [Double] = []
    for q in posteriors[0].means.indices {
      let deviations = posteriors.map { $0.variances[q].squareRoot() }
      let expected = improvement.value(means: posteriors.map { $0.means[q] }, deviations: deviations)
      // Where the improvement underflows there is no slope to follow; the search begins at better points.
      let scale = max(expected.value, 1e-300)
      for j in batches.indices {
        slopes[j].append(expected.byMeans[j] / scale, expected.byDeviations[j] / scale, deviations[j])
      }
      values.append(Double.log(scale))
    }
    return (values, slopes)
  }
}
