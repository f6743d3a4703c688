import Foundation

// Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017: straight lines up to the peak and down
// again, as PyTorch's `CyclicLR`. The three differ in how the height of a cycle shrinks.
extension ScheduleKind {
  /// Every cycle reaches the peak.
  public static let triangular = cyclic(
    "triangular", "up to the peak and down again, by straight lines, in cycles"
  ) { _ in { _, _ in 1 } }

  /// Every cycle is half as high as the one before.
  public static let triangular2 = cyclic("triangular2", "the same, each cycle half as high as the one before")
  { _ in { cycle, _ in pow(0.5, cycle) } }

  /// The height is multiplied by a factor over every interval.
  public static let exponentialRange = cyclic(
    "exponential_range", "the same, the height times a factor every interval",
    options: [.decayFactor, .decayInterval]
  ) {
    settings in
    let (factor, interval) = (settings[.decayFactor], Double(settings.steps(.decayInterval)))
    return { _, step in pow(factor, step / interval) }
  }

  /// - Parameter height: of the cycle of a number, from 0, at a step; 1 reaches the peak.
  private static func cyclic(
    _ name: String, _ summary: String, options: [ScheduleOption] = [],
    height: @escaping @Sendable (ScheduleSettings) -> @Sendable (_ cycle: Double, _ step: Double) -> Double
  ) -> ScheduleKind {
    ScheduleKind(name, summary, options: [.cycleLength, .riseShare, .lowFraction] + options) { settings in
      let (low, peak) = (settings.peak * settings[.lowFraction], settings.peak)
      let (length, rise) = (Double(settings.steps(.cycleLength)), settings[.riseShare])
      let height = height(settings)
      return { step in
        let cycle = (Double(step) / length).rounded(.down)
        let share = Double(step) / length - cycle
        let part = share <= rise ? share / rise : (1 - share) / (1 - rise)
        return low + (peak - low) * part * height(cycle, Double(step))
      }
    }
  }
}

extension ScheduleOption {
  static let riseShare = number(
    "rise_share", .from(0.001, through: 0.999), standard: 0.5, "What share of a cycle rises.")

  static let lowFraction = number(
    "low_fraction", .from(0, through: 1), standard: 0.1,
    "What fraction of the peak a cycle begins and ends with.", mayGrow: true)
}
