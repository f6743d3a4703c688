import CKernels
import Tensors

extension OptimizerDescription {
  /// Adam with its decay, if any, added to the gradient (Kingma and Ba, "Adam", ICLR 2015, Algorithm 1).
  static let adam = Self(
    name: "adam",
    summary: "Moments of the gradient, corrected for their beginning (Kingma and Ba, ICLR 2015).",
    options: [
      .learningRate(1e-3), .weightDecay(0), .beta1(), .beta2(), .epsilon(), .biasCorrection, .amsgrad(),
    ],
    links: { options, rate in
      [AddDecayedWeights(options.number("weight_decay")), ScaleByAdam.chosen(options), rate]
    })
}
