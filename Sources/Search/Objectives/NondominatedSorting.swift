/// Sorts vectors into fronts: the first is dominated by nothing, each other one only by the fronts before it.
///
/// Notation: n vectors, m objectives. The fronts are those of Deb et al. (2002, section III-A). They are
/// found in the order of the costs, each vector going to the first front of which no member dominates it
/// (Zhang, Tian, Cheng and Jin, "An efficient approach to nondominated sorting for evolutionary
/// multiobjective optimization", IEEE Transactions on Evolutionary Computation 19(2), 2015, ENS-BS). With two
/// objectives the last member of a front answers for all of it, so that O(n log n) comparisons do; with more
/// it takes O(m n²) at worst.
public enum NondominatedSorting {
  /// The front of each vector, counted from 0, under constraint-domination. Equal vectors share a front.
  public static func ranks(of vectors: [CostVector]) -> [Int] {
    var ranks = Array(repeating: 0, count: vectors.count)
    let (feasible, broken) = vectors.indices.partitioned { vectors[$0].isFeasible }
    var next = 0
    for (rank, front) in fronts(of: feasible, in: vectors).enumerated() {
      for index in front { ranks[index] = rank }
      next = rank + 1
    }
    // Those that break limits are in one line, equal violations side by side.
    var last: Double?
    for index in broken.sorted(by: { vectors[$0].violation < vectors[$1].violation }) {
      if let last, vectors[index].violation > last { next += 1 }
      ranks[index] = next
      last = vectors[index].violation
    }
    return ranks
  }

  /// The indices of the vectors that nothing dominates, ascending.
  public static func front(of vectors: [CostVector]) -> [Int] {
    let ranks = ranks(of: vectors)
    return vectors.indices.filter { ranks[$0] == 0 }
  }

  private static func fronts(of indices: [Int], in vectors: [CostVector]) -> [[Int]] {
    let order = indices.sorted { a, b in
      vectors[a].costs == vectors[b].costs
        ? a < b : vectors[a].costs.lexicographicallyPrecedes(vectors[b].costs)
    }
    let lastDecides = (vectors.first?.costs.count ?? 0) <= 2
    var fronts: [[Int]] = []
    for index in order {
      // What a later front dominates, every front before it dominates too: so the search may halve.
      var (low, high) = (0, fronts.count)
      while low < high {
        let middle = (low + high) / 2
        let rivals = lastDecides ? fronts[middle].suffix(1) : fronts[middle][...]
        if rivals.reversed().contains(where: { vectors[$0].dominates(vectors[index]) }) {
          low = middle + 1
        } else {
          high = middle
        }
      }
      if low == fronts.count { fronts.append([]) }
      fronts[low].append(index)
    }
    return fronts
  }
}

extension Sequence {
  /// The elements for which `belongs` holds, and the others, both in their order.
  func partitioned(by belongs: (Element) -> Bool) -> (chosen: [Element], others: [Element]) {
    var (chosen, others): ([Element], [Element]) = ([], [])
    for element in self {
      if belongs(element) { chosen.append(element) } else { others.append(element) }
    }
    return (chosen, others)
  }
}
