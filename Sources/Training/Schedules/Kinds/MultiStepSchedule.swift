import Foundation

extension ScheduleKind {
  /// The peak, multiplied by a factor at each milestone, as PyTorch's `MultiStepLR`. Milestones are counted from the
  /// start of training.
  public static let multiStep = ScheduleKind(
    "multi_step", "the peak times a factor to the power of the `milestones` passed", options: [.decayFactor],
    lacking: milestones(lackingIn:)
  ) { settings in
    let milestones = settings.configuration.milestones.map(settings.stepsAfterWarmUp)
    let (peak, factor) = (settings.peak, settings[.decayFactor])
    return { step in peak * pow(factor, Double(milestones.count { $0 <= step })) }
  }
}

private func milestones(lackingIn schedule: ScheduleConfiguration) -> ScheduleKind.Lack? {
  let milestones = schedule.milestones
  let isAscending = zip(milestones, milestones.dropFirst()).allSatisfy { $0 < $1 }
  let range = NumberRange.above(0, through: TrainingHyperparameters.longest)
  if !milestones.isEmpty, isAscending, milestones.allSatisfy(range.contains) { return nil }
  let found = milestones.map { HyperparameterValue.number($0).description }.joined(separator: ", ")
  return ScheduleKind.Lack(
    key: "milestones", expected: "ascending budgets above 0 for the decay multi_step",
    found: milestones.isEmpty ? "none" : found, remedy: "Write, for example, milestones: [30, 60, 80].")
}
