/// What a front does not dominate below a reference point, as boxes that do not overlap.
///
/// A point's hypervolume improvement is the volume of what it dominates in them. One box for one objective, n + 1 for
/// two objectives and n members, and at most 2 n + 1 for three: a sweep along the third, in which a box lives until a
/// member cuts it (Yang, Emmerich, Deutz and Bäck, "Efficient computation of expected hypervolume improvement using box
/// decomposition algorithms", Journal of Global Optimization 75, 2019, section 4). More objectives are made of slabs:
/// between two costs of the last one, what is not dominated is that of the members below, in one objective fewer.
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
    switch last {
    case 0:
      let least = inside.reduce(end) { min($0, $1[0]) }
      return [Box(lower: [-.infinity], upper: [least])]
    case 2: return sweep(inside, below: Array(reference))
    default: return slabs(inside, below: reference)
    }
  }

  private static func slabs(_ inside: [[Double]], below reference: ArraySlice<Double>) -> [Box] {
    let last = reference.count - 1
    let cuts = Set(inside.map { $0[last] }).sorted()
    var boxes: [Box] = []
    for (low, high) in zip([-.infinity] + cuts, cuts + [reference[reference.startIndex + last]]) {
      let below = inside.filter { $0[last] <= low }
      let slab = nondominated(below.map { Array($0.prefix(last)) })
      for box in Self.boxes(slab[...], below: reference.dropLast()) {
        boxes.append(Box(lower: box.lower + [low], upper: box.upper + [high]))
      }
    }
    return boxes
  }

  /// A part of the staircase that the members met so far make of the first two objectives: from `left` to the next
  /// strip nothing below `top` is dominated, since the sweep was at `floor`.
  private struct Strip {
    var left: Double
    var top: Double
    var floor: Double
  }

  private static func sweep(_ inside: [[Double]], below reference: [Double]) -> [Box] {
    var boxes: [Box] = []
    var strips = [Strip(left: -.infinity, top: reference[1], floor: -.infinity)]
    func close(_ strip: Strip, right: Double, at height: Double) {
      // Members of one height leave nothing between them.
      guard strip.floor < height else { return }
      boxes.append(
        Box(lower: [strip.left, -.infinity, strip.floor], upper: [right, strip.top, height]))
    }
    func right(of place: Int) -> Double { place + 1 < strips.count ? strips[place + 1].left : reference[0] }
    for point in inside.sorted(by: { $0[2] < $1[2] }) {
      let (x, y, height) = (point[0], point[1], point[2])
      // The strip that holds x, and after it those that the member cuts.
      guard let first = strips.lastIndex(where: { $0.left <= x }), strips[first].top > y else { continue }
      var end = first
      while end < strips.count, strips[end].top > y { end += 1 }
      for place in first..<end { close(strips[place], right: right(of: place), at: height) }
      var new = [Strip(left: x, top: y, floor: height)]
      if strips[first].left < x {
        new.insert(Strip(left: strips[first].left, top: strips[first].top, floor: height), at: 0)
      }
      strips.replaceSubrange(first..<end, with: new)
    }
    for place in strips.indices { close(strips[place], right: right(of: place), at: reference[2]) }
    return boxes
  }

  private static func nondominated(_ points: [[Double]]) -> [[Double]] {
    let vectors = points.map { CostVector($0) }
    return NondominatedSorting.front(of: vectors).map { points[$0] }
  }
}
