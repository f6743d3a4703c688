/// One link of an optimizer: turns an update (at first the gradient) into another.
///
/// Hyperparameters live in the transform, memory in the optimizer's `OptimizerState`. So in population based
/// training exploit copies the weights and the state, explore builds the transform anew, and no more. The
/// model is optax (`optax/_src/base.py`); what `apply` says is the reference meaning, which `Optimizer` runs
/// fused where it can.
public protocol GradientTransform: Sendable {
  /// The names of the blocks it remembers from step to step, each as long as the parameters and zero at
  /// first.
  var memory: [String] { get }

  /// Turns `update` into the next link's. Only the elements inside the layout's segments count; the others
  /// are padding.
  ///
  /// - Parameters:
  ///   - update: the gradient, or what the links before made of it; shape `[elements]`.
  ///   - parameters: shape `[elements]`.
  ///   - step: steps done before this one, from 0.
  ///   - blocks: all blocks of memory, by name; it touches only its own.
  func apply(
    to update: inout [Float], parameters: [Float], layout: ParameterLayout, step: Int,
    blocks: inout [String: [Float]])

  /// Its hyperparameters as the experiment file names them.
  var hyperparameters: [String: HyperparameterValue] { get }

  /// The elementary transforms that it is made of, first to last.
  var stages: [any GradientTransform] { get }
}

extension GradientTransform {
  public var memory: [String] { [] }
  public var stages: [any GradientTransform] { [self] }

  /// This transform, then `next`.
  public func then(_ next: some GradientTransform) -> Chain { Chain(stages + next.stages) }
}

/// Transforms, each applied to the result of the one before.
public struct Chain: GradientTransform {
  public let stages: [any GradientTransform]

  public init(_ stages: [any GradientTransform]) { self.stages = stages.flatMap(\.stages) }

  public var memory: [String] { stages.flatMap(\.memory) }

  public var hyperparameters: [String: HyperparameterValue] {
    stages.reduce(into: [:]) { all, stage in all.merge(stage.hyperparameters) { first, _ in first } }
  }

  public func apply(
    to update: inout [Float], parameters: [Float], layout: ParameterLayout, step: Int,
    blocks: inout [String: [Float]]
  ) {
    for stage in stages {
      stage.apply(to: &update, parameters: parameters, layout: layout, step: step, blocks: &blocks)
    }
  }
}
