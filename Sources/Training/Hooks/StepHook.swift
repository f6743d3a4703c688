import Tensors

/// Something that acts in every optimizer step beside the optimizer: on the gradients once they are exchanged, or
/// on the parameters once they are updated.
///
/// Local, and a function of the step alone, so that all ranks of a group stay equal. Hyperparameters live in the
/// hook, which is made anew whenever they change; what it remembers is kept in `StepHooks` and in the trial's
/// snapshot. One more is a file with a type that conforms, and a line of `StepHooks.kinds`.
///
/// What can be told of each element as the optimizer moves it is better a link of the optimizer's chain
/// (`GradientTransform`), which needs no pass over memory of its own.
protocol StepHook: Sendable {
  /// Nil where the configuration in force leaves nothing to do.
  ///
  /// Whether it remembers something, and what, must not depend on what may change while a trial runs.
  init?(_ configuration: TrainingConfiguration)

  /// What it remembers of every parameter tensor from step to step; all zero at first. Names begin with the hook's
  /// own, so that no two hooks share one.
  var memory: [MemoryBlock] { get }

  /// The single numbers that it remembers, by name, with their first values.
  var scalars: [String: Double] { get }

  /// After the exchange, before the optimizer's update; what lies between the tensors must stay 0.
  func changeGradients(_ step: HookedStep) throws(TensorError)

  /// After the optimizer's update, when the gradients are 0.
  ///
  /// - Parameter scalars: all that hooks remember; it changes its own.
  func changeParameters(_ step: HookedStep, scalars: inout [String: Double]) throws(TensorError)

  /// The block of its memory that an evaluation reads in the place of the parameters; nil where these are what is
  /// evaluated.
  func found(_ scalars: [String: Double]) -> MemoryBlock?
}

extension StepHook {
  var memory: [MemoryBlock] { [] }
  var scalars: [String: Double] { [:] }
  func changeGradients(_ step: HookedStep) throws(TensorError) {}
  func changeParameters(_ step: HookedStep, scalars: inout [String: Double]) throws(TensorError) {}
  func found(_ scalars: [String: Double]) -> MemoryBlock? { nil }
}

/// A step as a hook sees it.
struct HookedStep {
  let layout: ParameterLayout
  /// Shape `[layout.elements]`, on the trial's device.
  let parameters: Tensor
  /// Of the global batch's mean loss; of the same shape.
  let gradients: Tensor
  let memory: OptimizerMemory
  /// Which step it is, and with which rate the optimizer moves the parameters.
  let place: StepPlace
  /// The cumulative budget before the step, in the study's unit.
  let budgetBefore: Int
  /// The budget that the step reaches.
  let budget: Int

  /// The tensors that decay, save those for which `isLeftOut`, each as a matrix with a row for each output: a filter
  /// is a row.
  ///
  /// - Parameter flat: the parameters or the gradients.
  func rows(
    of flat: Tensor, leavingOut isLeftOut: (ParameterLayout.Segment) -> Bool = { _ in false }
  ) throws(TensorError) -> [Tensor] {
    var matrices: [Tensor] = []
    for segment in layout.segments where !segment.isExempt && !isLeftOut(segment) {
      let view = try flat.narrowed(segment.offset..<segment.offset + segment.count, along: 0)
      matrices.append(try view.reshaped([segment.shape[0], segment.count / segment.shape[0]]))
    }
    return matrices
  }
}
