// The table of hyperparameters: a line each. `TrainingHyperparameters.all` joins the groups.
//
// Every number has a greatest value, far beyond what anyone trains with, so that what is computed from it
// (steps, samples, bytes) is a number too, as a `Float` where the optimizers' loops need one.

extension TrainingHyperparameters {
  /// Of anything that is counted in the budget unit; in steps, with as many to the unit as samples can be
  /// numbered, it is an `Int`.
  static let longest = 1e9
  /// In a batch.
  static let mostSamples = 1_000_000_000

  static let optimization: [TrainingHyperparameter] =
    ofOptimizers + [
      .number(
        "gradient_clip", .from(0, through: 1e30), \.gradientClip,
        "The global norm to which a longer gradient is shortened; 0 turns clipping off.")
    ]

  static let schedule: [TrainingHyperparameter] =
    [
      .text(
        "decay", ScheduleKind.self, \.schedule.decay, "What follows the warm-up of the learning rate."),
      .number(
        "warmup", .from(0, through: TrainingHyperparameters.longest), \.schedule.warmup,
        "The length of the warm-up, in the budget unit."),
    ] + ScheduleOption.all.map(TrainingHyperparameter.init)

  static let batch: [TrainingHyperparameter] = [
    .integer(
      "batch_size", low: 1, high: TrainingHyperparameters.mostSamples, \.batchSize, isLive: true,
      "Samples in a step, over all ranks of the group."),
    .number(
      "data_share", .above(0, through: 1), \.usedDataShare, isLive: false,
      "The share of the training samples that is used; a smaller share is a part of a larger one."),
    .number(
      "resolution", .above(0, through: 1), \.usedResolution, isLive: false,
      "The share of an image's height and width that is left, by averages over equal areas.",
      needs: "data of images"
    ) { $0.data.task != .language },
  ]

  static let regularization: [TrainingHyperparameter] = [
    .number(
      "label_smoothing", .from(0, below: 1), \.labelSmoothing,
      "The probability that the loss takes from the label and spreads evenly over all classes.",
      needs: "classes to learn"
    ) { $0.data.task != .regression }
  ]

}

extension TrainingConfiguration {
  /// `dataShare`, 1 for all of the samples.
  public var usedDataShare: Double {
    get { dataShare ?? 1 }
    set { dataShare = newValue == 1 ? nil : newValue }
  }

  /// `resolution`, 1 for images as they are.
  public var usedResolution: Double {
    get { resolution ?? 1 }
    set { resolution = newValue == 1 ? nil : newValue }
  }
}

extension TrainingHyperparameter {
  typealias Path<Value> = WritableKeyPath<TrainingConfiguration, Value> & Sendable

  static func number(
    _ name: String, _ range: NumberRange, _ path: any Path<Double>, isLive: Bool = true, _ summary: String,
    needs applicability: String? = nil,
    where isApplicable: @escaping @Sendable (TrainingConfiguration) -> Bool = { _ in true }
  ) -> Self {
    Self(
      name: name, summary: summary, kind: .number(range), isLive: isLive, applicability: applicability,
      isApplicable: isApplicable,
      read: { .number($0[keyPath: path]) },
      write: { if case .number(let number) = $1 { $0[keyPath: path] = number } })
  }

  static func integer(
    _ name: String, low: Int, high: Int, _ path: any Path<Int>, isLive: Bool, _ summary: String,
    needs applicability: String? = nil,
    where isApplicable: @escaping @Sendable (TrainingConfiguration) -> Bool = { _ in true }
  ) -> Self {
    Self(
      name: name, summary: summary, kind: .integer(low: low, high: high), isLive: isLive,
      applicability: applicability,
      isApplicable: isApplicable,
      read: { .number(Double($0[keyPath: path])) },
      write: { if case .number(let number) = $1 { $0[keyPath: path] = Int(number) } })
  }

  static func text<Choice: RawRepresentable<String> & CaseIterable & SendableMetatype>(
    _ name: String, _: Choice.Type, _ path: any Path<Choice>, isLive: Bool = true, _ summary: String,
    needs applicability: String? = nil,
    where isApplicable: @escaping @Sendable (TrainingConfiguration) -> Bool = { _ in true }
  ) -> Self {
    Self(
      name: name, summary: summary, kind: .text(Choice.allCases.map(\.rawValue)), isLive: isLive,
      applicability: applicability, isApplicable: isApplicable,
      read: { .text($0[keyPath: path].rawValue) },
      write: {
        if case .text(let text) = $1, let choice = Choice(rawValue: text) { $0[keyPath: path] = choice }
      })
  }
}
