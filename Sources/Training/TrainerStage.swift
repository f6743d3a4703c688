/// The places of a trial at which one rank alone may fail.
package enum TrainerStage: String, CaseIterable, Sendable {
  /// The model and the optimizer are made.
  case made
  /// A snapshot's blocks have come.
  case restored
  /// The samples of a micro-batch are gathered.
  case gathered
  /// The forward and backward passes are computed.
  case forward
  /// The gradients have been exchanged.
  case exchanged
  /// The optimizer updates the parameters.
  case updated
  /// The rank's share of the dev split is evaluated.
  case measured
  /// The root's latency is measured.
  case timed
  /// The root's state is copied.
  case snapshot
}

/// Called when a trainer comes to a stage; what it throws is what fails there, on this rank. So tests see what
/// becomes of a failure that no test can bring about, such as a lost GPU.
package typealias TrainerProbe = (TrainerStage) throws(TrainingError) -> Void
