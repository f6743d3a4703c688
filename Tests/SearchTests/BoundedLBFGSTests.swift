import Foundation
import Search
import Testing

@Suite struct BoundedLBFGSTests {
  /// Runs `search` on `function`, and counts the evaluations.
  static func run(
    _ search: inout BoundedLBFGS, _ function: ([Double]) -> (Double, [Double])
  ) -> Int {
    var evaluations = 0
    while !search.isFinished {
      let (value, gradient) = function(search.point)
      search.tell(value, gradient: gradient)
      evaluations += 1
    }
    return evaluations
  }

  static func rosenbrock(_ x: [Double]) -> (Double, [Double]) {
    let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
    return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b])
  }

  @Test func `it finds the minimum of Rosenbrock's valley`() {
    var search = BoundedLBFGS(
      from: [-1.2, 1], lower: [-5, -5], upper: [5, 5], evaluations: 200, tolerance: 1e-8)
    let evaluations = Self.run(&search, Self.rosenbrock)
    #expect(isClose(search.bestPoint[0], 1, relative: 1e-5))
    #expect(isClose(search.bestPoint[1], 1, relative: 1e-5))
    #expect(evaluations < 80)
  }

  @Test func `it stops at the bound that holds the minimum off`() {
    // On x ≤ 0.5 the valley's minimum is (0.5, 0.25), with the value 0.25.
    var search = BoundedLBFGS(
      from: [-1.2, 1], lower: [-5, -5], upper: [0.5, 5], evaluations: 200, tolerance: 1e-8)
    _ = Self.run(&search, Self.rosenbrock)
    #expect(search.bestPoint[0] == 0.5)
    #expect(isClose(search.bestPoint[1], 0.25, relative: 1e-5))
    #expect(isClose(search.bestValue, 0.25, relative: 1e-8))
  }

  @Test func `it asks only inside the box and for no more values than allowed`() {
    var search = BoundedLBFGS(
      from: [9, -9], lower: [-1, -1], upper: [2, 0.5], evaluations: 7, tolerance: 0)
    let evaluations = Self.run(&search) { x in
      #expect(x[0] >= -1 && x[0] <= 2 && x[1] >= -1 && x[1] <= 0.5)
      return Self.rosenbrock(x)
    }
    #expect(evaluations <= 7)
    #expect(search.bestValue < Self.rosenbrock([2, -1]).0)
  }

  @Test func `it turns back from where the function is not finite`() {
    // -ln x + x, minimal at 1, with a first step that would leave the domain.
    var search = BoundedLBFGS(from: [0.01], lower: [-10], upper: [10], evaluations: 100, tolerance: 1e-8)
    _ = Self.run(&search) { x in
      x[0] > 0 ? (x[0] - log(x[0]), [1 - 1 / x[0]]) : (.infinity, [0])
    }
    #expect(isClose(search.bestPoint[0], 1, relative: 1e-5))
    var lost = BoundedLBFGS(from: [-1], lower: [-10], upper: [10], evaluations: 100, tolerance: 1e-8)
    #expect(Self.run(&lost) { _ in (.nan, [0]) } == 1)
    #expect(lost.bestPoint == [-1])
  }
}
