/// What a model costs rather than what it is worth: measured beside the dev split, for studies that ask for
/// it.
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
  /// The share, from 0 to 1, of the groups of weights into a unit that are all 0, of the weights that are
  /// trained.
  case zeroedGroups = "zeroed_groups"
}
