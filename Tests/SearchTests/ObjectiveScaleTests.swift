import Foundation
import Testing

@testable import Search

/// What Gaussian processes of several objectives are told.
@Suite struct ObjectiveScaleTests {
  /// A front with long ends: half of its members are worse than the median in one objective or the other.
  private static let front = (0..<12).map { k in
    let x = Double(k) / 11
    return CostVector([100 * x * x, (1 - x) * (1 - x)])
  }

  @Test func `costs of the front keep their distances in every objective`() throws {
    // Among others that are worse, and one that diverged.
    let vectors =
      Self.front + (0..<20).map { CostVector([120 + Double($0), 2 + Double($0) / 10]) } + [
        CostVector([1e9, 1e9])
      ]
    let targets = ObjectiveScale(of: vectors).targets(of: vectors)
    for j in 0..<2 {
      let slopes = (1..<12).map { k in
        (targets[j][k] - targets[j][0]) / (vectors[k].costs[j] - vectors[0].costs[j])
      }
      #expect(slopes.allSatisfy { isClose($0, slopes[0], relative: 1e-6) }, "objective \(j): \(slopes)")
      // What diverged flattens nothing.
      let reach = (targets[j].prefix(12).max() ?? 0) - (targets[j].prefix(12).min() ?? 0)
      #expect(reach > 0.5)
    }
  }

  @Test func `the order stays, beyond the reference too`() {
    let vectors = Self.front + [5e2, 1e3, 1e6, 1e300].map { CostVector([$0, $0]) }
    let targets = ObjectiveScale(of: vectors).targets(of: vectors)
    for j in 0..<2 {
      let byCost = vectors.indices.sorted { vectors[$0].costs[j] < vectors[$1].costs[j] }
      let sorted = byCost.map { targets[j][$0] }
      #expect(sorted == sorted.sorted() && Set(sorted).count == vectors.count, "objective \(j)")
      #expect(sorted.allSatisfy { $0.isFinite })
    }
  }

  @Test func `equal costs, and costs whose distances overflow, have targets`() {
    let equal = Array(repeating: CostVector([3, 4]), count: 4)
    #expect(ObjectiveScale(of: equal).targets(of: equal) == Array(repeating: [0, 0, 0, 0], count: 2))
    let huge = [CostVector([-1.7e308, 0]), CostVector([1.7e308, 1]), CostVector([0, 2])]
    let targets = ObjectiveScale(of: huge).targets(of: huge)
    #expect(targets.joined().allSatisfy { $0.isFinite })
    #expect(targets[0][0] < targets[0][2] && targets[0][2] < targets[0][1])
    #expect(ObjectiveScale(of: huge).shares(of: huge).joined().allSatisfy { $0.isFinite })
  }

  @Test func `one cost weighs distances, not ranks`() throws {
    var evidence = Evidence()
    for (trial, vector) in Self.front.enumerated() {
      evidence.append(
        .init(TrialID(trial), Configuration(["x0": .number(Double(trial) / 11)]), at: 1, vector))
    }
    let table = try ObservationTable.advanced(nil, to: evidence, in: SampleSpaces.cube(1))
    let one = try #require(table.scalarized(by: [0.5, 0.5], of: evidence))
    // The front spans 0 ... 100 and 0 ... 1, and the reference lies a tenth beyond it.
    for (trial, vector) in Self.front.enumerated() {
      let shares = [vector.costs[0] / 110, vector.costs[1] / 1.1]
      let expected = max(shares[0], shares[1]) / 2 + 0.05 * (shares[0] + shares[1]) / 2
      #expect(isClose(one.costs[trial], expected, relative: 1e-9), "trial \(trial)")
    }
  }

  @Test func `replicates are one configuration with one cost`() throws {
    var evidence = Evidence()
    for (trial, costs) in [[0.0, 4], [4, 0], [2, 2], [6, 6]].enumerated() {
      let configuration = Configuration(["x0": .number(trial < 3 ? Double(trial) / 4 : 0.5)])
      evidence.append(.init(TrialID(trial), configuration, at: 1, CostVector(costs)))
    }
    let table = try ObservationTable.advanced(nil, to: evidence, in: SampleSpaces.cube(1))
    let one = try #require(table.scalarized(by: [1, 0], of: evidence))
    #expect(one.count == 3)
    // The two readings 2 and 6 are one 4, as dear as the second trial.
    #expect(isClose(one.costs[2], one.costs[1]))
  }

  @Test(arguments: [1, 2, 3, 4])
  func `boxes cover what nothing dominates, once`(objectives: Int) {
    for seed in 0..<6 {
      // Ties and dominated members among them.
      let front = ObjectivesTests.random(14, objectives: objectives, seed: UInt64(seed)).map {
        $0.map { ($0 * 5).rounded() / 5 }
      }
      let reference = Array(repeating: 0.9, count: objectives)
      let boxes = BoxDecomposition(of: front, below: reference).boxes
      for point in ObjectivesTests.random(200, objectives: objectives, seed: 99 + UInt64(seed)) {
        let holding = boxes.count { box in
          point.indices.allSatisfy { box.lower[$0] < point[$0] && point[$0] < box.upper[$0] }
        }
        let isInside = zip(point, reference).allSatisfy { $0 < $1 }
        let isDominated = front.contains { member in
          zip(member, reference).allSatisfy { $0 < $1 } && zip(member, point).allSatisfy { $0 <= $1 }
        }
        #expect(holding == (isInside && !isDominated ? 1 : 0), "seed \(seed), \(point)")
      }
    }
  }

  @Test func `a front of three objectives has at most two boxes for each member and one`() {
    // On a sphere's surface nothing dominates another.
    let front = ObjectivesTests.random(300, objectives: 3, seed: 7).map { point in
      let length = point.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return point.map { $0 / length }
    }
    #expect(BoxDecomposition(of: front, below: [1.1, 1.1, 1.1]).boxes.count <= 2 * front.count + 1)
  }

  @Test func `what has diverged flattens nothing where another objective has it on the front, either`() {
    // The smallest model diverges, and nothing is faster.
    let vectors =
      (0..<30).map { CostVector([0.1 + Double($0) / 100, 10 - Double($0) / 10]) } + [CostVector([1e9, 1])]
    let targets = ObjectiveScale(of: vectors).targets(of: vectors)[0].prefix(30)
    #expect((targets.max() ?? 0) - (targets.min() ?? 0) > 0.4)
  }

  @Test func `a great cost beside a narrow front has targets`() {
    let vectors =
      (0..<9).map { CostVector([Double($0) * 1e-17, 8 - Double($0)]) } + [CostVector([1e300, 9])]
    let scale = ObjectiveScale(of: vectors)
    #expect(scale.targets(of: vectors).joined().allSatisfy { $0.isFinite })
    #expect(scale.shares(of: vectors).joined().allSatisfy { $0.isFinite })
    #expect(Set(scale.targets(of: vectors)[0].prefix(9)).count > 1)
  }
}
