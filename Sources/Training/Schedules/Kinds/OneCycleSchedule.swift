extension ScheduleKind {
  /// Up from a fraction of the peak, then down to another, once. Smith and Topin, "Super-Convergence", 2018, as
  /// PyTorch's `OneCycleLR` with two phases: the peak is at step `peak_share`·T − 1 and the end at step T − 1, of T
  /// steps. As a schedule of the momentum, with fractions above 1, it goes down and up again.
  public static let oneCycle = ScheduleKind(
    "one_cycle", "up to the peak and down again, once, to the length",
    options: [.startFraction, .peakShare, .finalFraction, .anneal], endsAtLength: true
  ) { settings in
    let (start, peak) = (settings.peak * settings[.startFraction], settings.peak)
    let final = settings.peak * settings[.finalFraction]
    let end = Double(max(settings.stepsToEnd, 2) - 1)
    let top = max((end + 1) * settings[.peakShare] - 1, 0)
    let shape = settings.text(.anneal)
    return { step in
      let step = Double(step)
      if step < top { return peak + (start - peak) * descent(shape, step / top) }
      if step >= end { return final }
      return final + (peak - final) * descent(shape, (step - top) / (end - top))
    }
  }
}

extension ScheduleOption {
  static let startFraction = number(
    "start_fraction", .from(0, through: 1), standard: 0.04,
    "What fraction of the peak one_cycle begins with.",
    mayGrow: true)

  static let peakShare = number(
    "peak_share", .from(0, below: 1), standard: 0.3,
    "The share of its length after which one_cycle is at the peak.")

  static let anneal = text(
    "anneal", ["cosine", "linear"], "How one_cycle goes up and down.")
}
