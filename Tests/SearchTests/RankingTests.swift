import Randomness
import Testing

@testable import Search

/// A state as a test writes it.
private struct Reading: Rankable, Equatable {
  var ranked: TrialID
  var job: JobID
  var budget: Int
  var costs: CostVector
  var devLoss: Double?

  init(_ trial: Int, _ job: Int, at budget: Int, _ cost: Double, violation: Double = 0, loss: Double? = nil) {
    (ranked, self.job, self.budget) = (TrialID(trial), JobID(job), budget)
    (costs, devLoss) = (CostVector([cost], violation: violation), loss)
  }
}

@Suite struct RankingTests {
  private static func ranking(_ readings: [Reading]) -> Ranking<Reading> {
    var ranking = Ranking<Reading>()
    for reading in readings { ranking.take(reading) }
    return ranking
  }

  @Test func `a lucky early reading does not win`() {
    // Trial 0 is best of all after 1 epoch, and is given up; three go on.
    let ranking = Self.ranking([
      Reading(0, 0, at: 1, 0.01), Reading(1, 1, at: 1, 0.5), Reading(2, 2, at: 1, 0.4),
      Reading(3, 3, at: 1, 0.3),
      Reading(1, 4, at: 3, 0.2), Reading(2, 5, at: 3, 0.1), Reading(3, 6, at: 3, 0.15),
    ])
    #expect(ranking.budget == 3)
    #expect(ranking.places.map(\.ranked.rawValue) == [2, 3, 1])
    #expect(ranking.ordered.map(\.ranked.rawValue) == [2, 3, 1, 0])
  }

  @Test func `until three trials have come so far, those are compared that have not`() {
    var ranking = Self.ranking([
      Reading(0, 0, at: 1, 0.3), Reading(1, 1, at: 1, 0.2), Reading(2, 2, at: 1, 0.1),
      Reading(0, 3, at: 3, 0.25),
    ])
    #expect(ranking.budget == 1)
    #expect(ranking.winner == Reading(2, 2, at: 1, 0.1))
    // A trial that went farther is compared by what it reached there.
    ranking.take(Reading(1, 4, at: 3, 0.05))
    #expect(ranking.winner == Reading(1, 4, at: 3, 0.05))
    #expect(Set(ranking.contenders.map(\.ranked.rawValue)) == [0, 1, 2])
  }

  @Test func `the newest reading counts, also where it is worse`() {
    var ranking = Self.ranking((0..<5).map { Reading($0, $0, at: 2, Double($0)) })
    #expect(ranking.places.map(\.ranked.rawValue) == [0, 1, 2])
    ranking.take(Reading(0, 5, at: 2, 2.5))
    #expect(ranking.places.map(\.ranked.rawValue) == [1, 2, 0])
    ranking.take(Reading(1, 6, at: 2, 9))
    #expect(ranking.places.map(\.ranked.rawValue) == [2, 0, 3])
  }

  @Test func `ties are counted, and broken by the dev loss, then by the order of the jobs`() {
    let ranking = Self.ranking([
      Reading(0, 0, at: 1, 0.1), Reading(1, 1, at: 1, 0.1, loss: 0.5), Reading(2, 2, at: 1, 0.1, loss: 0.4),
      Reading(3, 3, at: 1, 0.2, loss: 0.1), Reading(4, 4, at: 1, 0.1, loss: 0.5),
    ])
    #expect(ranking.places.map(\.ranked.rawValue) == [2, 1, 4])
    #expect(ranking.tied == 4)
    #expect(Self.ranking([]).tied == 0)
  }

  @Test func `what keeps the limits is ahead of what does not`() {
    let ranking = Self.ranking([
      Reading(0, 0, at: 1, 0.1, violation: 0.2), Reading(1, 1, at: 1, 0.9),
      Reading(2, 2, at: 1, 0.2, violation: 0.1),
    ])
    #expect(ranking.places.map(\.ranked.rawValue) == [1, 2, 0])
  }

  /// Against the definition, at every step.
  @Test(arguments: 0..<40) func `readings in any order rank as the rule says`(seed: Int) {
    var random = CounterGenerator(seed: UInt64(seed), purpose: .simulation)
    var ranking = Ranking<Reading>()
    var newest: [Int: Reading] = [:]
    var kept: Set<Int> = []
    for job in 0..<120 {
      let trial = Int.random(in: 0..<12, using: &random)
      // Mostly on, at times back.
      let budget = max(1, (newest[trial]?.budget ?? 0) + Int.random(in: -1...3, using: &random))
      let reading = Reading(
        trial, job, at: budget, Double(Int.random(in: 0..<6, using: &random)),
        loss: Bool.random(using: &random) ? Double(Int.random(in: 0..<3, using: &random)) : nil)
      let isBack = budget <= newest[trial]?.budget ?? 0
      newest[trial] = reading
      ranking.take(reading)
      let budgets = newest.values.map(\.budget).sorted(by: >)
      let least = budgets[min(2, budgets.count - 1)]
      let compared = newest.values.filter { $0.budget >= least }.sorted { $0.isAhead(of: $1) }
      #expect(ranking.budget == least)
      #expect(ranking.places == Array(compared.prefix(3)))
      #expect(ranking.tied == compared.count { $0.ties(with: compared[0]) })
      // Where trials only go on, the winner is always one whose weights were kept, or the newest.
      #expect(isBack || kept.contains(compared[0].ranked.rawValue) || compared[0].job == reading.job)
      kept = Set(ranking.contenders.map(\.ranked.rawValue))
    }
  }
}
