public import Tensors

/// What a forward pass is for, and with which parameters.
public struct ForwardPass {
  /// Which samples a training pass sees: they address what is dropped. Nil for an evaluation, which drops nothing
  /// and takes the running statistics for the batch's own.
  public let samples: SampleStream?
  /// How they lie in their step.
  public let part: StepPart
  /// How many batches the running statistics are the mean of, where this pass makes them that of one more.
  let statisticsBatches: Int?
  /// What stands in for the model's own parameters; nil for nothing.
  public var parameters: Parameters?

  public static var evaluation: Self { Self(samples: nil, part: StepPart()) }

  public static func training(_ samples: SampleStream, _ part: StepPart = StepPart()) -> Self {
    Self(samples: samples, part: part)
  }

  /// The batch's own statistics, which make the running ones the mean over all batches so far, `number` before this
  /// one; nothing dropped.
  public static func statistics(number: Int) -> Self {
    Self(samples: nil, part: StepPart(), statisticsBatches: number)
  }

  private init(samples: SampleStream?, part: StepPart, statisticsBatches: Int? = nil) {
    (self.samples, self.part, self.statisticsBatches) = (samples, part, statisticsBatches)
  }

  /// The same with other parameters, such as ones that were computed and know how.
  public func with(_ parameters: Parameters) -> Self {
    var copy = self
    copy.parameters = parameters
    return copy
  }

  var isTraining: Bool { samples != nil }

  /// Whether batch normalization divides by the batch's own statistics.
  var usesBatchStatistics: Bool { isTraining || statisticsBatches != nil }

  /// How far running statistics move toward the batch's; nil where the layer says.
  var weightOfStatistics: Double? { statisticsBatches.map { 1 / Double($0 + 1) } }

  /// The tensor that this pass takes for a parameter.
  subscript(parameter: Parameter) -> Tensor { parameters?.tensors[parameter.number] ?? parameter.own }
}

/// Which of the passes of an optimizer step a training pass is, and how to reach the ranks that compute the rest of
/// the same micro-batch.
public struct StepPart {
  /// Of this rank's passes, from 0.
  public var number = 0
  public var passes = 1
  /// Adds up numbers over the ranks of the group; false when that failed. Every rank's pass calls it as often, with
  /// as many. Nil for a rank alone.
  public var sum: ((UnsafeMutableBufferPointer<Double>) -> Bool)?

  public init() {}
}

/// A parameter as the layer knows it that has it.
struct Parameter {
  /// Its place in the store.
  let number: Int
  /// The store's view of it, a leaf whose gradient goes to the store's flat buffer.
  let own: Tensor

  var shape: [Int] { own.shape }
}

/// Tensors in the place of all parameters of a model: shared, replaced, or functions of something else. Their
/// gradients go where autograd takes them; the store's flat buffer of gradients has no part in it.
///
/// Running statistics are the store's own in any case.
public struct Parameters {
  /// In the order of the store's entries.
  let tensors: [Tensor]

  /// Views of a flat tensor that is laid out as the store's own, `[layout.elements]`; they remember how it was
  /// computed.
  public init(viewing flat: Tensor, as store: ParameterStore) throws(TensorError) {
    var views: [Tensor] = []
    for entry in store.parameterEntries { views.append(try flat.view(of: entry)) }
    tensors = views
  }
}

/// Which samples a training pass sees: all that the random numbers of dropout depend on. So the same sample
/// drops the same activations, whichever rank computes it and in whichever micro-batch.
public struct SampleStream: Sendable {
  /// The trial's.
  public var seed: UInt64
  /// The position of the batch's first sample in the trial's stream of training samples, of all ranks; the
  /// others follow.
  public var first: Int

  public init(seed: UInt64, first: Int) {
    self.seed = seed
    self.first = first
  }
}
