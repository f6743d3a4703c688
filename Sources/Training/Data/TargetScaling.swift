/// The shift and scale that give the targets of the training samples mean 0 and standard deviation 1, one
/// of each for each target.
public struct TargetScaling: Codable, Equatable, Sendable {
  public var means: [Double]
  /// 1 where the training samples don't vary.
  public var deviations: [Double]

  /// - Parameters:
  ///   - values: shape `[n, outputs]`.
  ///   - indices: the samples to measure, at least one.
  init(of values: UnsafeBufferPointer<Float>, outputs: Int, indices: [Int32]) {
    let count = Double(indices.count)
    (means, deviations) = ([], [])
    for output in 0..<outputs {
      let targets = indices.map { Double(values[Int($0) * outputs + output]) }
      let mean = targets.reduce(0, +) / count
      let variance = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      means.append(mean)
      deviations.append(variance > 0 ? variance.squareRoot() : 1)
    }
  }

  init(means: [Double], deviations: [Double]) { (self.means, self.deviations) = (means, deviations) }

  /// All targets, shifted and scaled.
  func applied(to values: UnsafeBufferPointer<Float>) throws(TrainingError) -> SampleMemory<Float> {
    try SampleMemory(count: values.count) { result in
      for element in values.indices {
        let output = element % means.count
        result.initializeElement(
          at: element, to: Float((Double(values[element]) - means[output]) / deviations[output]))
      }
    }
  }

  /// A standardized number in the target's own units.
  func original(_ value: Double, output: Int) -> Double { value * deviations[output] + means[output] }
}
