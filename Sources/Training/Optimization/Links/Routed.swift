/// Sends some parameter tensors through one chain of links and the others through another.
struct Routed: GradientTransform {
  /// Which take `matching`.
  var isMatching: @Sendable (ParameterLayout.Segment) -> Bool
  var matching: [any GradientTransform]
  var others: [any GradientTransform]

  /// The links of a tensor.
  func links(of segment: ParameterLayout.Segment) -> [any GradientTransform] {
    isMatching(segment) ? matching : others
  }

  private var both: Chain { Chain(matching + others) }

  var hyperparameters: [String: HyperparameterValue] { both.hyperparameters }
  var memory: [MemoryBlock] { both.memory }
  var scalars: [String: Double] { both.scalars }

  func first<Link: GradientTransform>(_ type: Link.Type) -> Link? { both.first(type) }
}
