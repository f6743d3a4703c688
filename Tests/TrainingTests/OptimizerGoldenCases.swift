import Training

/// What Golden/optimizers.py gives the optimizers.
enum OptimizerGoldenCases {
  typealias Case = OptimizerGoldenTests.Case

  static let all = firstThree + adamFamily + others

  private static let firstThree = [
    Case("sgd", options(0.05, decay: 0, ["momentum": 0])),
    Case("sgd momentum decay", options(0.02, decay: 0.05)),
    Case("sgd nesterov", options(0.02, decay: 0.01, ["momentum": 0.8], true: "nesterov")),
    Case("sgd dampening", options(0.03, decay: 0.01, ["dampening": 0.4])),
    Case("adamw", options(0.01, decay: 0.01, ["epsilon": 1e-8])),
    Case("adamw betas", options(0.02, decay: 0.1, ["beta1": 0.8, "beta2": 0.95])),
    Case("adamw amsgrad", options(0.02, decay: 0.05, ["epsilon": 1e-8], true: "amsgrad")),
    Case("lamb", options(0.01, decay: 0.01), clip: 1),
    Case("lamb unclipped", options(0.02, decay: 0.1, ["beta1": 0.8, "beta2": 0.99])),
    Case("lamb without bias correction", options(0.01, decay: 0.01, false: "bias_correction"), clip: 1),
    Case("lamb trust clip", options(0.02, decay: 0.01, ["trust_ratio_clip": 1]), clip: 1),
    Case("lamb scheduled", options(0.03, decay: 0.01), clip: 1),
  ]

  private static let adamFamily = [
    Case("adam", options(0.02, decay: 0.1)),
    Case("adam amsgrad", options(0.02, decay: 0, ["beta1": 0.8, "beta2": 0.9], true: "amsgrad")),
    Case("amsgrad", options(0.02, decay: 0.1)),
    Case("radam", options(0.02, decay: 0.05, ["beta2": 0.99])),
    Case("radam decoupled", options(0.02, decay: 0.1, true: "decoupled_decay")),
    Case("radam scheduled", options(0.03, decay: 0, ["beta2": 0.98])),
    Case("nadam", options(0.02, decay: 0.05, ["momentum_decay": 0.01])),
    Case("nadamw", options(0.02, decay: 0.1)),
    Case("schedule_free_adamw", options(0.02, decay: 0.05, ["beta2": 0.99])),
    Case("schedule_free_adamw evaluated", options(0.02, decay: 0.05, ["beta2": 0.99])),
  ]

  private static let others = [
    Case("adagrad", options(0.05, decay: 0.02)),
    Case("adadelta", options(1, decay: 0.02)),
    Case("rmsprop", options(0.01, decay: 0.02)),
    Case("rmsprop momentum", options(0.005, decay: 0, ["smoothing": 0.9, "momentum": 0.8])),
    Case(
      "rmsprop centered", options(0.01, decay: 0.02, ["epsilon": 1e-3, "momentum": 0.5], true: "centered")),
    Case("lion", options(0.01, decay: 0.1)),
    Case("lars", options(1, decay: 0.01, ["trust_coefficient": 0.02])),
    Case("lars scheduled", options(0.03, decay: 0.001, ["trust_coefficient": 0.5])),
    Case("adafactor", options(0.05, decay: 0.02)),
    Case("adafactor scheduled", options(0.03, decay: 0, ["moment_decay": 0.6, "clip_threshold": 1.2])),
    Case("muon", options(0.02, decay: 0.1)),
    Case("muon scheduled", options(0.03, decay: 0, ["orthogonalization_steps": 3])),
  ]

  private static func options(
    _ rate: Double, decay: Double, _ numbers: [String: Double] = [:], true yes: String? = nil,
    false no: String? = nil
  ) -> [String: HyperparameterValue] {
    var options = numbers.mapValues { HyperparameterValue.number($0) }
    options["learning_rate"] = .number(rate)
    options["weight_decay"] = .number(decay)
    if let yes { options[yes] = .text("true") }
    if let no { options[no] = .text("false") }
    return options
  }
}
