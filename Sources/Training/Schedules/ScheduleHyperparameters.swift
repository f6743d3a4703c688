extension TrainingHyperparameter {
  /// The row of an option of the learning rate's schedule.
  init(_ option: ScheduleOption) {
    self.init(
      name: option.name, summary: option.summary, kind: option.kind, isLive: true,
      applicability: option.applicability,
      isApplicable: { option.isApplicable(to: $0.schedule.decay) },
      read: { $0.schedule.value(of: option) },
      write: { $0.schedule.set(option, to: $1) })
  }
}
