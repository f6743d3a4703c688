import Search
import Testing

struct PartialDependenceTests {
  private static let space = SearchSpace([
    Parameter(name: "rate", domain: .float(low: 1e-3, high: 1, scale: .log)),
    Parameter(name: "kind", domain: .categorical([.text("a"), .text("b"), .text("c")])),
    Parameter(name: "idle", domain: .integer(low: 1, high: 8, scale: .linear)),
  ])

  /// Costs that rise with the rate's decade, and by 2 for the kind c.
  private static func importance(trials: Int) throws -> Importance {
    var history = History(
      study: "made", objective: Objective(metric: "loss", goal: .minimize), space: space, budgetUnit: "steps")
    for number in 0..<trials {
      let unit = (Double(number) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
      let point = [unit, (Double(number % 3) + 0.5) / 3, Double(number % 7) / 7]
      let job = Job(
        id: JobID(number), trial: TrialID(number), origin: .fresh,
        configuration: space.configuration(at: point),
        target: 5)
      try history.begin(job)
      let cost = 3 * unit + (number % 3 == 2 ? 2 : 0)
      try history.finish(
        Outcome(job: job.id, trial: job.trial, result: .reached(cost: cost)), measurements: [], at: nil)
    }
    return try #require(Importance.of(history, dependences: true))
  }

  @Test func `what is expected of each hyperparameter is what the costs were made of`() throws {
    let importance = try Self.importance(trials: 300)
    let singles = importance.dependences.filter { $0.parameters.count == 1 }
    #expect(singles.map { $0.parameters[0] } == ["rate", "kind", "idle"])
    let (rate, kind, idle) = (singles[0], singles[1], singles[2])
    #expect(rate.places[0].count == 25 && kind.places[0].count == 3 && idle.places[0].count == 8)
    // Averaged over the kinds, 2/3 are added.
    for (unit, mean) in zip(rate.places[0], rate.means) { #expect(abs(mean - (3 * unit + 2.0 / 3)) < 0.35) }
    #expect(abs(kind.means[2] - kind.means[0] - 2) < 0.35 && abs(kind.means[1] - kind.means[0]) < 0.35)
    #expect((idle.means.max() ?? 0) - (idle.means.min() ?? 0) < 0.3)
    #expect(rate.deviations.allSatisfy { $0 >= 0 && $0 < 0.5 })
  }

  @Test func `a pair's surface has the first one's places as rows`() throws {
    let importance = try Self.importance(trials: 300)
    let pair = try #require(importance.dependences.first { $0.parameters == ["rate", "kind"] })
    #expect(pair.means.count == pair.places[0].count * 3)
    for (row, unit) in pair.places[0].enumerated() {
      #expect(abs(pair.means[row * 3] - 3 * unit) < 0.5)
      #expect(abs(pair.means[row * 3 + 2] - (3 * unit + 2)) < 0.5)
    }
  }

  @Test func `of too few measurements nothing is expected`() {
    let history = History(
      study: "none", objective: Objective(metric: "loss", goal: .minimize), space: Self.space,
      budgetUnit: "steps")
    #expect(Importance.of(history, dependences: true) == nil)
  }
}
