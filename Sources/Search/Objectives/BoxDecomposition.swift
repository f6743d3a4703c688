/// What a front does not dominate below a reference point, as boxes that do not overlap.
///
/// A point's hypervolume improvement is the volume of what it dominates in them. Made by slabs: between two
/// costs of the last objective, what is not dominated is that of the front's members below, in one objective
/// fewer (the first step of Yang, Emmerich, Deutz and Bäck, "Efficient computation of expected hypervolume
/// improvement using box decomposition algorithms", Journal of Global Optimization 75, 2019). n + 1 boxes for
/// two objectives and n members, O(n²) for three.
struct BoxDecomposition {
  struct Box: Equatable {
    /// -∞ where the box is open downwards.
    var lower: [Double]
    /// Finite.
    var upper: [Double]
  }

  let boxes: [Box]

  /// - Parameter front: members beyond the reference may be among them, and dominated ones.
  init(of front: [[Double]], below reference: [Double]) {
    boxes = Self.boxes(front[...], below: reference[...])
  }

  private static func boxes(_ front: ArraySlice<[Double]>, below reference: ArraySlice<Double>) -> [Box] {
    guard let end = reference.last else { return [] }
    let last = reference.count - 1
    let inside = front.filter { point in zip(point, reference).allSatisfy { $0 < $1 } }
    if last == 0 {
      let least = inside.reduce(end) { min($0, $1[0]) }
      return [Box(lower: [-.infinity], upper: [least])]
    }
    let cuts = Set(inside.map { $0[last] }).sorted()
    var boxes: [Box] = []
    for (low, high) in zip([-.infinity] + cuts, cuts + [end]) {
      let below = inside.filter { $0[last] <= low }
      let slab = Self.nondominated(below.map { Array($0.prefix(last)) })
      for box in Self.boxes(slab[...], below: reference.dropLast()) {
        boxes.append(Box(lower: box.lower + [low], upper: box.upper + [high]))
      }
    }
    return boxes
  }

  private static func nondominated(_ points: [[Double]]) -> [[Double]] {
    let vectors = points.map { CostVector($0) }
    return NondominatedSorting.front(of: vectors).map { points[$0] }
  }
}
