extension ScheduleKind {
  /// peak·√(s / (s + t)), t being the steps since the warm-up. With the warm-up's length as the timescale s, which is
  /// the usual one, it is the schedule of Vaswani et al., "Attention Is All You Need", 2017, equation 3; any other
  /// is that of Zhai et al., "Scaling Vision Transformers", 2022, §3.5.
  public static let inverseSquareRoot = ScheduleKind(
    "inverse_square_root", "peak * sqrt(s / (s + t)), s being the timescale", options: [.timescale]
  ) {
    settings in
    let usual = settings.warmUpSteps > 0 ? settings.warmUpSteps : settings.stepsPerUnit
    let scale = Double(settings[.timescale] > 0 ? settings.steps(.timescale) : usual)
    let peak = settings.peak
    return { step in peak * (scale / (scale + Double(step))).squareRoot() }
  }
}

extension ScheduleOption {
  static let timescale = number(
    "timescale", .from(0, through: TrainingHyperparameters.longest), standard: 0,
    "The budget after which the decay inverse_square_root has divided the peak by the root of 2; 0 for the "
      + "warm-up's length, or 1 without one.")
}
