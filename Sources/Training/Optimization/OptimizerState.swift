/// All that an optimizer remembers between steps. Its hyperparameters are not here: they live in the
/// transform.
public struct OptimizerState: Equatable, Sendable {
  /// Steps done.
  public var step: Int
  /// What it remembers of the parameters, by name (`first_moment`, `second_moment`, `momentum`): most as long
  /// as the flat parameters.
  public var blocks: [String: [Float]]
  /// Single numbers by name, such as NAdam's `momentum_product`.
  public var scalars: [String: Double]

  public init(step: Int, blocks: [String: [Float]], scalars: [String: Double] = [:]) {
    self.step = step
    self.blocks = blocks
    self.scalars = scalars
  }
}
