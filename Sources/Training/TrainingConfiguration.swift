/// All that decides what a trial computes, except its seed: data, model, optimizer, schedule, batch. The
/// defaults of an experiment file are the defaults here, and nowhere else.
public struct TrainingConfiguration: Codable, Equatable, Sendable {
  public var data: DataConfiguration = .digits
  public var split = SplitFractions()
  /// The share of the training samples that is used, above 0 and at most 1; nil, and not written, for all of
  /// them.
  public var dataShare: Double?
  /// The share of an image's height and width that is left, above 0 and at most 1; nil, and not written, for
  /// images as they are.
  public var resolution: Double?
  public var model: ModelConfiguration = .mlp(MLPConfiguration())
  public var optimizer = OptimizerConfiguration()
  /// The learning rate's.
  public var schedule = ScheduleConfiguration()
  /// Of other hyperparameters, by name, whose own values are the peaks; nil, and not written, for none.
  public var schedules: [String: ScheduleConfiguration]?

  /// Samples (text: windows) in an optimizer step, over all ranks of the group and all of its micro-batches.
  public var batchSize: Int = 64
  /// How the optimizer's options follow the batch size.
  public var scalingRule: ScalingRule = .none
  /// The batch size for which the optimizer's options are meant; the rule scales them from there.
  public var referenceBatchSize: Int = 64
  /// Micro-batches that each rank computes, one after the other, for one step: saves memory, changes nothing
  /// else.
  public var accumulation: Int = 1

  /// The global norm to which a longer gradient is shortened; 0 turns this clipping off.
  public var gradientClip: Double = 1
  /// The probability, in [0, 1), that the loss takes from the label and spreads evenly over all classes.
  public var labelSmoothing: Double = 0
  public var clipping = GradientClipping()
  public var regularization = Regularization()
  public var averaging = WeightAveraging()
  public var layerRates = LayerRates()
  public var sharding = OptimizerSharding()
  public var batching = Batching()
  public var augmentation = Augmentation()
  public var features = Features()
  public var cooldown = MeasuredCooldown()
  public var stopping = EarlyStopping()
  public var arithmetic = DeviceArithmetic()
  /// What is made small where targets are numbers; nil, and not written, for the squared error.
  public var loss: RegressionLoss?

  public var device: ComputeDevice = .cpu
  /// Threads of libtorch on each rank. With 1, equal runs are equal bit for bit.
  public var threads: Int = 1
  public var budgetUnit: BudgetUnit = .epochs
  /// Samples (text: windows) in one forward pass of an evaluation: bounds memory, changes nothing else.
  public var evaluationBatchSize: Int = 512
  /// What is measured beside the dev split; nil for nothing.
  public var resourceMetrics: [ResourceMetric]?
  /// What is measured on the dev split beside the loss, and the accuracy of classes, such as
  /// `dev_f1_macro`; nil, and not written, for nothing.
  public var taskMetrics: [String]?
  /// What of that is measured on the second dev split, too, such as `dev_accuracy`: the objectives; nil, and
  /// not written, where there is no such split.
  public var secondDevMetrics: [String]?
  /// What of that is told with its standard error, such as `dev_accuracy`: the objectives; nil, and not written, for
  /// nothing.
  public var errorMetrics: [String]?

  public init() {}
}

/// What the models compute on.
public enum ComputeDevice: String, Codable, CaseIterable, Sendable {
  case cpu
  /// The GPU whose number is the rank's number on its node, modulo the GPUs there.
  case cuda
}
