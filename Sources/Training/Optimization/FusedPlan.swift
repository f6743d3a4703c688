/// A chain of transforms recognized as one that the fused loops can run:
///
///     [clip] [decay] [momentum | Adam] [decay] [trust ratio] rate
///
/// where each part in brackets may be absent. It covers SGD, Adam, AdamW, LAMB and what lies between.
struct FusedPlan {
  enum Moments {
    case none
    case trace(Trace)
    case adam(ScaleByAdam)
  }

  var clip: ClipByGlobalNorm?
  /// Decay before the moments: L2 regularization.
  var coupledDecay: AddDecayedWeights?
  var moments = Moments.none
  /// Decay after the moments.
  var decoupledDecay: AddDecayedWeights?
  var trustRatio: ScaleByTrustRatio?
  var rate: ScaleByRate

  /// Nil if the chain has another order or another transform.
  init?(_ chain: Chain) {
    var rest = chain.stages[...]
    func take<Transform>(_ type: Transform.Type) -> Transform? {
      guard let found = rest.first as? Transform else { return nil }
      rest.removeFirst()
      return found
    }
    clip = take(ClipByGlobalNorm.self)
    coupledDecay = take(AddDecayedWeights.self)
    if let trace = take(Trace.self) {
      moments = .trace(trace)
    } else if let adam = take(ScaleByAdam.self) {
      moments = .adam(adam)
    }
    decoupledDecay = take(AddDecayedWeights.self)
    trustRatio = take(ScaleByTrustRatio.self)
    guard let last = take(ScaleByRate.self), rest.isEmpty else { return nil }
    rate = last
  }
}

extension FusedPlan {
  /// The name of the first block of memory that the moments keep.
  var firstBlock: String? {
    switch moments {
    case .none: nil
    case .trace: Trace.momentumBlock
    case .adam: ScaleByAdam.firstMoment
    }
  }

  var secondBlock: String? {
    if case .adam = moments { ScaleByAdam.secondMoment } else { nil }
  }
}
