import RealModule

/// Minimizes a smooth function over a box, with gradients; it asks for values rather than calling, so that
/// many searches can share one evaluation of a batch.
///
/// Limited-memory BFGS (Nocedal and Wright, "Numerical Optimization", 2nd ed., algorithm 7.4) on the
/// coordinates that are not held at a bound, with backtracking along the projected path (Bertsekas,
/// "Projected Newton methods for optimization problems with simple constraints", SIAM J. Control Optim. 20,
/// 1982). Notation: x the point, f the value, g the gradient, p the direction, t the step; s and y the last
/// changes of x and g.
package struct BoundedLBFGS {
  /// Where the function should be evaluated next.
  package private(set) var point: [Double]
  package private(set) var isFinished = false
  package private(set) var bestPoint: [Double]
  package private(set) var bestValue = Double.infinity

  private let lower: [Double]
  private let upper: [Double]
  private let tolerance: Double
  private var evaluationsLeft: Int
  private var gradient: [Double] = []
  private var direction: [Double] = []
  private var step = 1.0
  private var memory: [(s: [Double], y: [Double], sy: Double)] = []

  private static let memoryLength = 8
  private static let sufficientDecrease = 1e-4

  /// - Parameters:
  ///   - evaluations: how many values it asks for at most, at least 1.
  ///   - tolerance: it ends when no coordinate of the projected gradient is larger, or when a step lowers the
  ///     value by less than a hundredth of it.
  package init(from start: [Double], lower: [Double], upper: [Double], evaluations: Int, tolerance: Double) {
    self.lower = lower
    self.upper = upper
    self.tolerance = tolerance
    evaluationsLeft = evaluations
    point = start.indices.map { min(max(start[$0], lower[$0]), upper[$0]) }
    bestPoint = point
  }

  /// The value and the gradient at `point`; a value that is not finite turns the search back.
  package mutating func tell(_ value: Double, gradient: [Double]) {
    evaluationsLeft -= 1
    if self.gradient.isEmpty {
      guard value.isFinite else {
        isFinished = true
        return
      }
      accept(value, gradient)
    } else if isAcceptable(value) {
      let drop = bestValue - value
      remember(gradient)
      accept(value, gradient)
      if drop < tolerance / 100 { isFinished = true }
    } else {
      shorten(value)
    }
    if evaluationsLeft <= 0 { isFinished = true }
  }

  /// The Armijo condition along the projected path.
  private func isAcceptable(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    var slope = 0.0
    for k in point.indices { slope += gradient[k] * (point[k] - bestPoint[k]) }
    return value <= bestValue + Self.sufficientDecrease * min(slope, 0)
  }

  private mutating func remember(_ gradient: [Double]) {
    var s = point
    var y = gradient
    var sy = 0.0
    var yy = 0.0
    for k in point.indices {
      s[k] -= bestPoint[k]
      y[k] -= self.gradient[k]
      sy += s[k] * y[k]
      yy += y[k] * y[k]
    }
    // Only positive curvature keeps the approximation positive definite.
    guard sy > 1e-10 * yy else { return }
    if memory.count == Self.memoryLength { memory.removeFirst() }
    memory.append((s, y, sy))
  }

  private mutating func accept(_ value: Double, _ gradient: [Double]) {
    bestPoint = point
    bestValue = value
    self.gradient = gradient
    let isHeld = point.indices.map { k in
      point[k] <= lower[k] && gradient[k] > 0 || point[k] >= upper[k] && gradient[k] < 0
    }
    let largest = point.indices.reduce(0.0) { isHeld[$1] ? $0 : max($0, abs(gradient[$1])) }
    guard largest > tolerance else {
      isFinished = true
      return
    }
    aim(isHeld: isHeld, largest: largest)
    move()
  }

  private mutating func aim(isHeld: [Bool], largest: Double) {
    let free = point.indices.map { isHeld[$0] ? 0 : gradient[$0] }
    var p = twoLoops(free)
    var descent = 0.0
    for k in p.indices {
      p[k] = isHeld[k] ? 0 : -p[k]
      descent += p[k] * gradient[k]
    }
    step = 1
    if memory.isEmpty || !(descent < 0) {
      memory = []
      p = free.map { -$0 }
      // Nothing is known of the curvature: the first step moves no coordinate by more than a fifth.
      step = min(1, 0.2 / largest)
    }
    direction = p
  }

  /// Nocedal and Wright, algorithm 7.4: the product of the approximate inverse Hessian and `vector`.
  private func twoLoops(_ vector: [Double]) -> [Double] {
    guard let last = memory.last else { return vector }
    var q = vector
    var coefficients: [Double] = []
    for pair in memory.reversed() {
      let a = Self.dot(pair.s, q) / pair.sy
      coefficients.append(a)
      for k in q.indices { q[k] -= a * pair.y[k] }
    }
    let scale = last.sy / Self.dot(last.y, last.y)
    for k in q.indices { q[k] *= scale }
    for (pair, a) in zip(memory, coefficients.reversed()) {
      let b = Self.dot(pair.y, q) / pair.sy
      for k in q.indices { q[k] += (a - b) * pair.s[k] }
    }
    return q
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for k in a.indices { sum += a[k] * b[k] }
    return sum
  }

  private mutating func shorten(_ value: Double) {
    let slope = Self.dot(gradient, direction)
    // The minimum of the parabola through f, its slope and the new value, kept within a tenth and a half of
    // the step.
    let parabola = -slope * step * step / (2 * (value - bestValue - slope * step))
    step = value.isFinite && parabola.isFinite ? min(max(parabola, step / 10), step / 2) : step / 10
    guard step > 1e-10 else {
      isFinished = true
      return
    }
    move()
  }

  private mutating func move() {
    var moved = false
    for k in point.indices {
      point[k] = min(max(bestPoint[k] + step * direction[k], lower[k]), upper[k])
      if point[k] != bestPoint[k] { moved = true }
    }
    if !moved { isFinished = true }
  }
}
