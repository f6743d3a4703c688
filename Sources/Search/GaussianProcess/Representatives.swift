/// Which of many measurements a Gaussian process is made of.
enum Representatives {
  /// At most `count` of the numbers 0 ..< costs.count, in order: a quarter of them for the lowest costs, the
  /// rest evenly over the others. All, if there are no more.
  static func places(of costs: some Collection<Double>, count: Int) -> [Int] {
    let costs = Array(costs)
    guard costs.count > count else { return Array(costs.indices) }
    let order = costs.indices.sorted { costs[$0] < costs[$1] }
    let best = order.prefix(count / 4)
    let others = order.dropFirst(count / 4).sorted()
    let wanted = count - best.count
    return (best + (0..<wanted).map { others[$0 * others.count / wanted] }).sorted()
  }
}
