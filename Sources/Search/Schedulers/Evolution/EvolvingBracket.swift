/// A bracket at work. In the first iteration, where trials are promoted, a rung starts when the one below is
/// complete; later on rungs follow one another without waiting.
struct EvolvingBracket: Codable, Equatable, Sendable {
  /// Among the study's brackets, from 0.
  let number: Int
  let bracket: Bracket
  let promotes: Bool
  /// The rung whose evaluations are being issued.
  private(set) var rung = 0
  /// Evaluations of this rung, planned and issued.
  private(set) var size: Int
  private var issued = 0
  /// Issued and not observed, of all rungs.
  private var inFlight = 0
  /// Individuals whose trials are to go on, the best last.
  private(set) var promotions: [Subpopulation.Individual] = []

  init(number: Int, bracket: Bracket, promotes: Bool) {
    self.number = number
    self.bracket = bracket
    self.promotes = promotes
    size = bracket.trials
  }

  /// The budget of this rung among `count` of them; a bracket's last rung is at the last.
  func level(of count: Int) -> Int { count - bracket.budgets.count + rung }

  /// True while there is nothing to issue.
  var isWaiting: Bool { issued == size }
  var hasIssuedAll: Bool { rung == bracket.s && isWaiting }
  var isComplete: Bool { hasIssuedAll && inFlight == 0 }
  /// True when the next rung's trials can be chosen.
  var isReadyToPromote: Bool { promotes && isWaiting && inFlight == 0 && rung < bracket.s }

  mutating func issue() {
    issued += 1
    inFlight += 1
    _ = promotions.popLast()
    if !promotes, isWaiting, rung < bracket.s { advance() }
  }

  mutating func observe() { inFlight -= 1 }

  mutating func advance() {
    rung += 1
    size /= bracket.reduction
    issued = 0
  }

  /// The rung is of these individuals, the best first; without any the bracket is complete.
  mutating func take(_ promotions: [Subpopulation.Individual]) {
    self.promotions = promotions.reversed()
    size = promotions.count
    if promotions.isEmpty { rung = bracket.s }
  }
}

extension Bracket {
  /// How many trials reach this budget; 0 when none of the rungs has it.
  func size(at budget: Int) -> Int {
    budgets.firstIndex(of: budget).map { rungSizes[$0] } ?? 0
  }
}
