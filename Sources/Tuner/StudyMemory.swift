public import Training

extension Study {
  /// What the largest trial takes on each rank of its group, of those that stand for all that the search may
  /// propose; nil when there is none.
  ///
  /// - Throws: `TrainingError.invalid` when data and model don't go together.
  public func largestMemory(for data: TrainingData) throws(TrainingError) -> MemoryEstimate? {
    var largest: MemoryEstimate?
    for training in try representatives(for: data) {
      let form = try data.scaled(to: training.usedResolution).shaped(by: training.features).form
      let estimate = try training.memoryEstimate(for: form, ranksPerTrial: ranksPerTrial)
      if estimate.total > largest?.total ?? -1 { largest = estimate }
    }
    return largest
  }
}
