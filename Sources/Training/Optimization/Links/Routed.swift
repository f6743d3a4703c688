/// Sends some parameter tensors through one chain of links and the others through another.
struct Routed: GradientTransform {
  /// Which take `matching`.
  var isMatching: @Sendable (_ segment: ParameterLayout.Segment, _ layout: ParameterLayout) -> Bool
  var matching: [any GradientTransform]
  var others: [any GradientTransform]

  /// The links of a tensor.
  func links(
    of segment: ParameterLayout.Segment, in layout: ParameterLayout
  ) -> [any GradientTransform] {
    isMatching(segment, layout) ? matching : others
  }

  private var both: Chain { Chain(matching + others) }

  var hyperparameters: [String: HyperparameterValue] { both.hyperparameters }
  var memory: [MemoryBlock] { both.memory }
  var scalars: [String: Double] { both.scalars }

  func first<Link: GradientTransform>(_ type: Link.Type) -> Link? { both.first(type) }
}
