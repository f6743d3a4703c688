import Randomness
import Search
import Testing

/// Dominance, fronts, crowding and volumes: against pymoo, and against their definitions.
@Suite struct ObjectivesTests {
  /// As Golden/objectives.py writes them.
  struct Golden: Decodable {
    var costs: [[Double]]
    var ranks: [Int]
    var hypervolume: Double
    /// Nil for infinite distances.
    var crowding: [Double?]?
  }

  static func random(_ count: Int, objectives: Int, seed: UInt64) -> [[Double]] {
    var random = CounterGenerator(seed: seed, purpose: .simulation)
    return (0..<count).map { _ in (0..<objectives).map { _ in random.nextUniform() } }
  }

  @Test func `fronts, crowding and volumes are pymoo's`() throws {
    for (number, golden) in try golden("objectives.json", as: [Golden].self).enumerated() {
      let vectors = golden.costs.map { CostVector($0) }
      #expect(NondominatedSorting.ranks(of: vectors) == golden.ranks, "case \(number)")
      let reference = golden.costs[0].map { _ in 1.1 }
      let volume = Hypervolume.volume(of: golden.costs, below: reference)
      #expect(isClose(volume, golden.hypervolume, relative: 1e-12), "case \(number)")
      guard let expected = golden.crowding else { continue }
      let front = NondominatedSorting.front(of: vectors).map { vectors[$0] }
      // pymoo divides by the number of objectives, the paper does not.
      let scale = Double(reference.count)
      for (own, its) in zip(Crowding.distances(of: front), expected) {
        guard let its else {
          #expect(own == .infinity, "case \(number)")
          continue
        }
        #expect(isClose(own, its * scale, relative: 1e-12), "case \(number)")
      }
    }
  }

  @Test func `what breaks limits comes after what keeps them, the worse the later`() {
    let vectors = [
      CostVector([9, 9]), CostVector([0, 0], violation: 2), CostVector([5, 5], violation: 1),
      CostVector([1, 8]), CostVector([7, 7], violation: 1),
    ]
    #expect(vectors[0].dominates(vectors[1]) && vectors[2].dominates(vectors[1]))
    #expect(!vectors[2].dominates(vectors[4]) && !vectors[4].dominates(vectors[2]))
    #expect(NondominatedSorting.ranks(of: vectors) == [1, 3, 2, 0, 2])
  }

  @Test(arguments: [1, 2, 3, 4])
  func `a front is what nothing dominates`(objectives: Int) {
    let vectors = Self.random(70, objectives: objectives, seed: 3).enumerated().map { place, costs in
      CostVector(costs.map { ($0 * 6).rounded() }, violation: place % 5 == 0 ? costs[0].rounded() : 0)
    }
    let ranks = NondominatedSorting.ranks(of: vectors)
    for (index, vector) in vectors.enumerated() {
      // Deb et al.'s definition: one more than the worst rank of all that dominate it.
      let worst = vectors.indices.filter { vectors[$0].dominates(vector) }.map { ranks[$0] }.max() ?? -1
      #expect(ranks[index] == worst + 1)
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func `a volume is the share of points that something dominates`(objectives: Int) {
    let points = Self.random(12, objectives: objectives, seed: 8)
    let draws = Self.random(20_000, objectives: objectives, seed: 9)
    let hits = draws.count { draw in points.contains { point in zip(point, draw).allSatisfy { $0 <= $1 } } }
    let share = Double(hits) / Double(draws.count)
    let volume = Hypervolume.volume(of: points, below: points[0].map { _ in 1 })
    // Four standard errors of a share of 20,000 draws are below 0.0142.
    #expect(abs(volume - share) < 0.0142)
  }

  @Test func `three objectives in any order, ties included, have the volume of the general method`() {
    for seed in 0..<20 {
      let points = Self.random(25, objectives: 3, seed: UInt64(seed)).map {
        $0.map { ($0 * 4).rounded() / 4 }
      }
      let volume = Hypervolume.volume(of: points, below: [1, 1, 1])
      // A fourth objective in which all are alike takes the other way.
      let fourth = Hypervolume.volume(of: points.map { $0 + [0] }, below: [1, 1, 1, 1])
      #expect(isClose(volume, fourth, relative: 1e-12))
    }
  }

  @Test(arguments: [2, 3, 4])
  func `volumes grow by what each point dominates alone`(objectives: Int) {
    let reference = Array(repeating: 0.9, count: objectives)
    var (front, volume): ([[Double]], Double) = ([], 0)
    for point in Self.random(20, objectives: objectives, seed: 4) {
      volume += Hypervolume.gain(of: point, over: front, below: reference)
      front.append(point)
      #expect(isClose(volume, Hypervolume.volume(of: front, below: reference), relative: 1e-10))
    }
  }

  @Test func `points beyond the reference add nothing`() {
    #expect(Hypervolume.volume(of: [[0, 2], [1, 0]], below: [1, 1]) == 0)
    #expect(Hypervolume.volume(of: [[0.5, 0.5], [0, 2]], below: [1, 1]) == 0.25)
    #expect(Hypervolume.volume(of: [], below: [1, 1, 1]) == 0)
  }

  @Test func `a net takes the extremes first, then the widest gaps`() {
    let front = [[0, 4], [1, 3], [2, 2], [3, 1], [4, 0]].map { CostVector($0.map(Double.init)) }
    #expect(Crowding.net(of: front, count: 3) == [0, 4, 2])
    #expect(Set(Crowding.net(of: front, count: 9)) == Set(0..<5))
    #expect(Crowding.net(of: [], count: 2) == [])
  }

  @Test func `a reference point lies a tenth of the front's range beyond it`() throws {
    let reference = try #require(
      ReferencePoint(of: [
        CostVector([0, 10]), CostVector([2, 5]), CostVector([1e9, 1e9]), CostVector([-9, 0], violation: 1),
      ]))
    #expect(reference.ideal == [0, 5])
    #expect(isClose(reference.reference[0], 2.2) && isClose(reference.reference[1], 10.5))
    #expect(ReferencePoint(of: [CostVector([1, 1], violation: 3)]) == nil)
    let single = try #require(ReferencePoint(of: [CostVector([1, 2])]))
    #expect(isClose(single.reference[0], 1.1) && isClose(single.reference[1], 2.1))
    #expect(isClose(single.share(of: [[1, 2]]), 1))
  }
}
