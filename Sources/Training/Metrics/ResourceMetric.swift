/// What a model or its training costs, or would bear, rather than what it is worth: measured beside the dev split, for
/// studies that ask for it.
///
/// Seconds and milliseconds are those of the machine and of what else it did, so a study that asks for them
/// does not repeat itself exactly.
public enum ResourceMetric: String, Codable, CaseIterable, Sendable {
  /// Trainable numbers of the model.
  case parameters
  /// Wall-clock seconds that the trial's state has trained, on the ranks that it had, measuring and saving
  /// left out; a clone's include its ancestors'.
  case trainingSeconds = "training_seconds"
  /// Milliseconds of one forward pass of a batch of 32 dev samples (fewer, where the split has fewer), loss
  /// included: the median of 11 passes after a first one, on the group's root.
  case latency = "latency_ms"
  /// The samples of a batch up to which larger ones pay (`NoiseScale`), measured at every step from its shares: ranks,
  /// micro-batches, or two halves. Left out while the noise hides the gradient.
  case gradientNoiseScale = "gradient_noise_scale"
  /// The share, from 0 to 1, of the groups of weights into a unit that are all 0, of the weights that are
  /// trained.
  case zeroedGroups = "zeroed_groups"
  /// The budget at which the dev loss was lowest, of the looks of early stopping; left out before the first.
  case bestBudget = "best_budget"
  /// Floating-point operations of one sample's forward pass: twice the multiply-adds of its linear layers, its
  /// convolutions, its matrix products and its attention, counted as they are computed. Biases, normalizations and
  /// activations do not count. Of text, a sample is a window.
  case flops
  /// Joules that the processors of the group's hosts, by RAPL, and its GPUs, by NVML, have used while the trial's state
  /// trained; what else ran there is in it. GPUs are told by their
  /// numbers: all must be visible to the program.
  case joules
}
