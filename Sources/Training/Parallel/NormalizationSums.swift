import Tensors

/// The sums of batch normalization over the ranks of a group, in the middle of a step's passes.
///
/// Every rank computes as many of them in a step, in one order, all padded to one length. A rank that fails before
/// its last one says so in the next, in which the others take part: so none waits for it, and all go on to the
/// exchange of the gradients, where they hear its error.
final class NormalizationSums {
  private let peers: TrainerPeers
  private let norms: Int
  /// The numbers of the longest sum, and one that tells whether a rank left.
  private let length: Int
  /// Of this step.
  private var remaining = 0
  private var isLeft = false
  private var failure: TrainingError?

  /// - Parameter store: with a running mean and variance of each normalization.
  init(of store: ParameterStore, on peers: TrainerPeers) {
    self.peers = peers
    norms = store.bufferEntries.count / 2
    length = 2 * (store.bufferEntries.map(\.count).max() ?? 0) + 2
  }

  /// Before a step; the same on all ranks.
  ///
  /// - Parameter passes: of each rank. A normalization sums once in a pass forward, and once in one backward.
  func beginStep(passes: Int) {
    remaining = 2 * norms * passes
    isLeft = false
    failure = nil
  }

  /// A rank with fewer passes, in a batch of fewer samples than there are shares, would leave the others waiting.
  func require(passes: Int) throws(TrainingError) {
    guard 2 * norms * passes != remaining else { return }
    throw .invalid(
      subject: "batch_size", expected: "a sample for each rank and micro-batch, with batch_statistics: group",
      found: "fewer", remedy: "Schedule no smaller batches, or use ghost batches.")
  }

  /// What `StepPart.sum` wants.
  var summing: (UnsafeMutableBufferPointer<Double>) -> Bool { { self.sum($0) } }

  private func sum(_ values: UnsafeMutableBufferPointer<Double>) -> Bool {
    do throws(TrainingError) {
      let sums = try sum(Array(values), leaving: false)
      for index in values.indices { values[index] = sums[index] }
      return !isLeft
    } catch {
      failure = error
      return false
    }
  }

  private func sum(_ values: [Double], leaving: Bool) throws(TrainingError) -> [Double] {
    remaining -= 1
    let padding = [Double](repeating: 0, count: length - 1 - values.count)
    let sums = try peers.sum(values + padding + [leaving ? 1 : 0])
    if sums[length - 1] > 0 { (isLeft, remaining) = (true, 0) }
    return sums
  }

  /// This rank's passes failed. The others hear of it in their next sum, if there is one.
  ///
  /// - Returns: what failed on this rank; nil when it left because another one had.
  func leave(_ error: TrainingError) -> TrainingError? {
    if isLeft { return nil }
    if let failure { return failure }
    if remaining > 0 {
      do throws(TrainingError) { _ = try sum([], leaving: true) } catch { return error }
    }
    return error
  }
}
