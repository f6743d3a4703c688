/// The learning rate over a trial: a linear warm-up to the optimizer's rate, then a decay. Lengths are in the
/// study's budget unit and may be fractions of it: half an epoch, 200 steps.
public struct ScheduleConfiguration: Codable, Equatable, Sendable {
  public enum Decay: String, Codable, CaseIterable, Sendable {
    case constant
    /// Half a cosine from 1 to `finalFraction`, at `length`; constant from there on.
    case cosine
    /// Multiplied by `decayFactor` every `decayInterval`.
    case step
    /// Multiplied by `decayFactor` every `decayInterval`, continuously.
    case exponential
  }

  /// At least 0; 0 is no warm-up.
  public var warmup: Double = 0
  public var decay: Decay = .constant
  /// Where a cosine ends, counted from the start of training, warm-up included. Nil stands for the largest
  /// budget that the study gives to a trial; what reads the experiment file fills it in.
  public var length: Double? = nil
  /// What fraction of the peak a cosine ends with, in [0, 1].
  public var finalFraction: Double = 0
  /// Above 0, at most 1.
  public var decayFactor: Double = 0.5
  /// Above 0. Counted from the end of the warm-up.
  public var decayInterval: Double = 10

  public init() {}
}
