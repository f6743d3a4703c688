extension ScheduleKind {
  /// The peak, multiplied by a factor whenever the dev loss has not fallen for some measurements, as PyTorch's
  /// `ReduceLROnPlateau` with a relative threshold.
  public static let plateau = ScheduleKind(
    "plateau", "the peak times a factor whenever the dev loss has not fallen for some measurements",
    options: [.decayFactor, .measuredEvery, .patience, .threshold, .restAfterDecay, .finalFraction],
    observer: ScheduleKind.Observer(interval: .measuredEvery) { settings, memory, loss in
      PlateauMemory(memory).observing(loss, settings).scalars
    }
  ) { settings in
    let value = max(
      settings.peak * PlateauMemory(settings.memory).factor, settings.peak * settings[.finalFraction])
    return { _ in value }
  }
}

/// What the schedule remembers from measurement to measurement.
private struct PlateauMemory {
  var best: Double
  /// Measurements in a row that were no better.
  var worse: Double
  /// Measurements that are still let pass after a reduction.
  var rest: Double
  var factor: Double

  init(_ scalars: [String: Double]) {
    best = scalars["best"] ?? .infinity
    worse = scalars["worse"] ?? 0
    rest = scalars["rest"] ?? 0
    factor = scalars["factor"] ?? 1
  }

  var scalars: [String: Double] { ["best": best, "worse": worse, "rest": rest, "factor": factor] }

  func observing(_ loss: Double, _ settings: ScheduleSettings) -> Self {
    var next = self
    if loss < best * (1 - settings[.threshold]) {
      (next.best, next.worse) = (loss, 0)
    } else {
      next.worse += 1
    }
    if rest > 0 { (next.rest, next.worse) = (rest - 1, 0) }
    if next.worse > settings[.patience] {
      next.factor = max(factor * settings[.decayFactor], settings[.finalFraction])
      (next.rest, next.worse) = (settings[.restAfterDecay], 0)
    }
    return next
  }
}

extension ScheduleOption {
  static let measuredEvery = integer(
    "measured_every", low: 1, high: 1_000_000_000, standard: 1,
    "After how many budget units plateau measures the dev loss anew.")

  static let patience = integer(
    "patience", low: 0, high: 1_000_000, standard: 10,
    "How many measurements in a row plateau waits for a lower dev loss.")

  static let threshold = number(
    "threshold", .from(0, below: 1), standard: 1e-4,
    "By what share of the lowest dev loss a measurement must be lower to count for plateau.")

  static let restAfterDecay = integer(
    "rest_after_decay", low: 0, high: 1_000_000, standard: 0,
    "How many measurements plateau lets pass after it has lowered the rate.")
}
