/// A chain of links as what runs: passes over the parameters, cut where something must be known of a whole
/// tensor before the next element can be computed.
///
/// A pass is `[ratio] [decay] [rule] [decay]`, each part in brackets perhaps absent, and is one loop over
/// memory. Every chain has a plan: SGD, Adam and AdamW one pass, LAMB a pass and a move once the norms are
/// known, LARS a look at the norms and a pass.
struct OptimizerPlan {
  /// What is computed between two cuts.
  struct Pass {
    /// What scales the pass's input by the norms of gradient and parameters.
    var layerwise: ScaleByLayerwiseRate?
    /// Whether the rate scales the pass's input, in the place of the last move.
    var isRated = false
    /// Decay before the rule: L2 regularization.
    var coupledDecay = 0.0
    /// The rule's number in `rules`.
    var rule: Int?
    /// In the place of an elementwise rule.
    var tensorRule: (any TensorRule)?
    /// Decay after the rule.
    var decay = 0.0
    /// What scales the pass's result by its own norm.
    var trustRatio: ScaleByTrustRatio?

    fileprivate var hasRule: Bool { rule != nil || tensorRule != nil }
    /// Whether what enters has been changed by more than a factor.
    fileprivate var isBegun: Bool { hasRule || coupledDecay != 0 || trustRatio != nil }
  }

  /// The tensors that go the same way.
  struct Route {
    /// At least one.
    var passes: [Pass]
    /// Whether the rate scales the last move.
    var movesByRate: Bool
    /// Their numbers among the plan's tensors, at least one.
    var segments: [Int]

    var hasTensorRule: Bool { passes.contains { $0.tensorRule != nil } }
  }

  private(set) var clip: ClipByGlobalNorm?
  private(set) var rate: ScaleByRate?
  /// The elementwise rules of all routes, each once.
  private(set) var rules: [any UpdateRule] = []
  private(set) var routes: [Route] = []
  /// What rate and decay of each of the plan's tensors are multiplied with.
  let factors: [LayerRates.Factors]

  /// - Parameter tensors: those of the layout that the plan is for, which follow one another and are counted
  ///   from the first of them; the rules are those of all.
  init(_ chain: Chain, layout: ParameterLayout, tensors: Range<Int>) {
    factors = Array(chain.layerRates.factors(of: layout)[tensors])
    var ways: [[Bool]: [Int]] = [:]
    for (number, segment) in layout.segments.enumerated() {
      let way = chain.links.compactMap { ($0 as? Routed)?.isMatching(segment, layout) }
      ways[way, default: []].append(number)
    }
    var numbers: [String: Int] = [:]
    for (_, segments) in ways.sorted(by: { $0.value[0] < $1.value[0] }) {
      var passes = [Pass()]
      for (path, link) in Self.links(of: chain, for: layout.segments[segments[0]], layout) {
        add(link, at: path, to: &passes, &numbers)
      }
      let last = passes[passes.count - 1]
      let movesByRate = last.isRated && !last.isBegun && last.layerwise == nil
      if movesByRate {
        passes[passes.count - 1].isRated = false
        if passes.count > 1 { passes.removeLast() }
      }
      let own = segments.filter(tensors.contains).map { $0 - tensors.lowerBound }
      if !own.isEmpty { routes.append(Route(passes: passes, movesByRate: movesByRate, segments: own)) }
    }
  }

  /// The links that a tensor goes through, each with its place in the chain.
  private static func links(
    of chain: Chain, for segment: ParameterLayout.Segment, _ layout: ParameterLayout
  ) -> [(path: String, link: any GradientTransform)] {
    chain.links.enumerated().flatMap { number, link in
      guard let routed = link as? Routed else { return [("\(number)", link)] }
      return routed.links(of: segment, in: layout).enumerated().map {
        ("\(number).\(routed.isMatching(segment, layout)).\($0)", $1)
      }
    }
  }

  /// - Parameter numbers: of the rules seen so far, by their place in the chain: routes share those outside
  ///   of them.
  private mutating func add(
    _ link: any GradientTransform, at path: String, to passes: inout [Pass], _ numbers: inout [String: Int]
  ) {
    /// The pass that is being made; a new one if there is no place left in it for the link.
    func open(unless isFull: (Pass) -> Bool) -> Int {
      if isFull(passes[passes.count - 1]) { passes.append(Pass()) }
      return passes.count - 1
    }
    switch link {
    case let link as ClipByGlobalNorm:
      clip = link
    case let link as ScaleByRate:
      rate = link
      // What comes after it is scaled on its way in; if nothing comes, the last move is.
      passes[open { $0.isBegun }].isRated = true
    case let link as ScaleByLayerwiseRate:
      passes[open { $0.isBegun || $0.isRated }].layerwise = link
    case let link as AddDecayedWeights:
      let pass = open { $0.trustRatio != nil || ($0.hasRule ? $0.decay != 0 : $0.isBegun || $0.isRated) }
      if passes[pass].hasRule {
        passes[pass].decay = link.weightDecay
      } else {
        passes[pass].coupledDecay = link.weightDecay
      }
    case let link as ScaleByTrustRatio:
      passes[open { $0.trustRatio != nil }].trustRatio = link
    case let link as any UpdateRule:
      let number = numbers[path] ?? rules.count
      if number == rules.count { rules.append(link) }
      numbers[path] = number
      passes[open { $0.hasRule || $0.trustRatio != nil }].rule = number
    case let link as any TensorRule:
      passes[open { $0.hasRule || $0.trustRatio != nil }].tensorRule = link
    default:
      preconditionFailure("the plan has no place for the link \(link)")
    }
  }
}
