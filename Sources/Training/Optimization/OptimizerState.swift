/// All that an optimizer remembers between steps. Its hyperparameters are not here: they live in the
/// transform.
public struct OptimizerState: Equatable, Sendable {
  /// Steps done.
  public var step: Int
  /// By name (`first_moment`, `second_moment`, `momentum`), each as long as the flat parameters.
  public var blocks: [String: [Float]]

  public init(step: Int, blocks: [String: [Float]]) {
    self.step = step
    self.blocks = blocks
  }

  /// The memory that `transform` starts with: all zero.
  public init(initialFor transform: some GradientTransform, elements: Int) {
    let zero = [Float](repeating: 0, count: elements)
    self.init(step: 0, blocks: Dictionary(transform.memory.map { ($0, zero) }) { first, _ in first })
  }
}
