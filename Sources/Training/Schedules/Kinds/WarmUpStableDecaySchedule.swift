extension ScheduleKind {
  /// The peak until a cooldown, which is the last share of the length. Hu et al., "MiniCPM", 2024, §4.2; the shapes
  /// are those of Hägele et al., "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations",
  /// NeurIPS 2024, equation 1: their best is 1 − √x, `square_root`.
  public static let warmUpStableDecay = ScheduleKind(
    "warmup_stable_decay", "the peak, then a cooldown to the length",
    options: [.cooldownShare, .cooldownShape, .finalFraction], endsAtLength: true
  ) { settings in
    let (from, to) = (settings.peak, settings.peak * settings[.finalFraction])
    let steps = settings.stepsToEnd
    let whole = Double(steps + settings.warmUpSteps)
    let cooldown = min(max(Int((whole * settings[.cooldownShare]).rounded()), 1), steps)
    let shape = settings.text(.cooldownShape)
    return { step in
      if step <= steps - cooldown { return from }
      if step >= steps { return to }
      let share = Double(step - (steps - cooldown)) / Double(cooldown)
      return to + (from - to) * descent(shape, share)
    }
  }
}

extension ScheduleOption {
  static let cooldownShare = number(
    "cooldown_share", .above(0, through: 1), standard: 0.2,
    "What share of the length the cooldown of warmup_stable_decay takes.")

  static let cooldownShape = text(
    "cooldown_shape", ["linear", "cosine", "square_root"], "How the cooldown falls; square_root is 1 - √x.")
}
