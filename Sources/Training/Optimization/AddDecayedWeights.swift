/// Adds `weightDecay` times the parameters, save those that are exempt.
///
/// Before the moments it is L2 regularization, as in SGD; after them it is decoupled (Loshchilov and Hutter,
/// "Decoupled weight decay regularization", ICLR 2019, Algorithm 2), as in AdamW and LAMB.
public struct AddDecayedWeights: GradientTransform {
  public var weightDecay: Double

  public init(_ weightDecay: Double) { self.weightDecay = weightDecay }

  public var hyperparameters: [String: HyperparameterValue] { ["weight_decay": .number(weightDecay)] }

  public func apply(
    to update: inout [Float], parameters: [Float], layout: ParameterLayout, step: Int,
    blocks: inout [String: [Float]]
  ) {
    for segment in layout.segments where !segment.isExempt {
      for i in segment.offset..<segment.offset + segment.count {
        update[i] += Float(weightDecay) * parameters[i]
      }
    }
  }
}
