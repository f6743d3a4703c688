/// An optimizer: its name, its options, and the chain of links that computes it. One file of `Optimizers` has
/// one, and `all` lists them: table, reader, reference, validation and tests follow from here.
public struct OptimizerDescription: Sendable {
  /// As experiment files write it.
  public let name: String
  /// A sentence for the reference page, with its source.
  public let summary: String
  /// In the order of the reference.
  public let options: [OptimizerOption]
  /// The links, for these values of the options. Whatever the live ones are, the same is remembered, so that
  /// a running trial can go on under any others.
  let links: @Sendable (_ options: OptimizerValues, _ rate: ScaleByRate) -> [any GradientTransform]

  func option(_ name: String) -> OptimizerOption? { options.first { $0.name == name } }

  /// Every optimizer.
  public static let all: [Self] = [
    .sgd, .adamw, .lamb, .adam, .amsgrad, .nadam, .nadamw, .radam, .adagrad, .adadelta, .rmsprop, .lion,
    .lars,
    .scheduleFreeAdamW, .adafactor, .muon,
  ]

  static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

/// The values of an optimizer's options.
struct OptimizerValues {
  let configuration: OptimizerConfiguration

  /// Of an option that the optimizer has: another name is our bug.
  func number(_ name: String) -> Double {
    guard case .number(let number) = configuration.value(of: name) else {
      preconditionFailure("the optimizer \(configuration.kind) has no number \(name)")
    }
    return number
  }

  /// A link with decay before it, or after it where the options decouple it.
  func decayed(_ link: any GradientTransform) -> [any GradientTransform] {
    let decay = AddDecayedWeights(number("weight_decay"), isDecoupled: truth("decoupled_decay"))
    return truth("decoupled_decay") ? [link, decay] : [decay, link]
  }

  func truth(_ name: String) -> Bool { configuration.value(of: name) == .truth(true) }
}
