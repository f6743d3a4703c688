import Tensors

/// One link of an optimizer: turns an update (at first the gradient) into another.
///
/// Hyperparameters live in the transform, memory in the optimizer's `OptimizerState`. So in population based
/// training exploit copies the weights and the state, explore builds the transform anew, and no more. The
/// model is optax (`optax/_src/base.py`).
///
/// What a link computes say the protocols below, or, for those that `OptimizerPlan` knows by name (clipping,
/// decay, ratios, the rate), the plan.
protocol GradientTransform: Sendable {
  /// Its hyperparameters as the experiment file names them: what `Optimizer` reads back.
  var hyperparameters: [String: HyperparameterValue] { get }

  /// What it remembers of every parameter tensor from step to step; all zero at first.
  var memory: [MemoryBlock] { get }

  /// The single numbers that it remembers, by name, with their first values.
  var scalars: [String: Double] { get }
}

extension GradientTransform {
  var hyperparameters: [String: HyperparameterValue] { [:] }
  var memory: [MemoryBlock] { [] }
  var scalars: [String: Double] { [:] }
}

/// Where in a trial a step is.
struct StepPlace {
  /// Steps done before this one, from 0.
  var step: Int
  /// The rate with which the step moves the parameters.
  var rate: Double
}

/// A link that treats every element alike. `kernel` computes it on the CPU, fused with what is around it;
/// `apply` on other devices, and the tests hold one against the other.
protocol UpdateRule: GradientTransform {
  var kernel: RuleKernel { get }

  /// The kernel's coefficients, as its header lists them.
  ///
  /// - Parameter scalars: all that the optimizer remembers; the rule changes its own, once a step.
  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double]

  /// The same by operators of libtorch.
  ///
  /// - Parameters:
  ///   - update: of any shape; the gradient comes, the update is left.
  ///   - blocks: the rule's memory in the order of `memory`, each of the update's shape.
  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError)
}

/// A link that looks at a whole parameter tensor: its rows, its columns, its norm. Computed by operators of
/// libtorch on every device.
protocol TensorRule: GradientTransform {
  /// - Parameters:
  ///   - update: of the parameter's shape; the gradient comes, the update is left.
  ///   - blocks: the rule's memory of this tensor by name, each of the shape that its extent gives; without
  ///     those that have nothing of this tensor.
  func apply(
    to update: Tensor, of parameter: Tensor, blocks: [String: Tensor], at place: StepPlace
  ) throws(TensorError)
}

/// The links of an optimizer, first to last. What the last one leaves is subtracted from the parameters.
public struct Chain: Sendable {
  /// As the experiment file calls the optimizer; empty for a chain of one's own.
  public let name: String
  let links: [any GradientTransform]
  /// What is added to the gradient once it is clipped; nil for nothing.
  var noise: AddNoise?
  /// What rate and decay of each tensor are multiplied with.
  var layerRates = LayerRates()

  init(_ links: [any GradientTransform], name: String = "") {
    self.links = links
    self.name = name
  }

  /// What the links remember, each block once: links of different routes may share one.
  var memory: [MemoryBlock] {
    links.flatMap(\.memory).reduce(into: []) { blocks, block in
      if !blocks.contains(where: { $0.name == block.name }) { blocks.append(block) }
    }
  }

  /// The names of what it remembers of every parameter.
  public var memoryNames: [String] { memory.map(\.name) }

  var scalars: [String: Double] {
    links.reduce(into: [:]) { all, link in all.merge(link.scalars) { first, _ in first } }
  }

  var hyperparameters: [String: HyperparameterValue] {
    links.reduce(into: [:]) { all, link in all.merge(link.hyperparameters) { first, _ in first } }
  }

  /// The first link of this type, within routes too.
  func first<Link: GradientTransform>(_ type: Link.Type) -> Link? {
    for link in links {
      if let found = link as? Link ?? (link as? Routed)?.first(type) { return found }
    }
    return nil
  }
}
