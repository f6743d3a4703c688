/// The remedy for a word that is none of the known ones: the nearest of them when it is near, else all of
/// them.
package func suggestion(for word: String, among known: [String]) -> String {
  if let nearest = nearest(to: word, among: known) { return "Did you mean \(nearest)?" }
  return known.isEmpty ? "Remove it." : "Write one of: \(known.joined(separator: ", "))."
}

/// The known word that this one was probably meant to be; nil when none is near.
package func nearest(to word: String, among known: [String]) -> String? {
  known
    .map { (word: $0, distance: editDistance(word, $0)) }
    .filter { $0.distance <= max(1, min(word.count, $0.word.count) / 3) }
    .min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
}

/// The number of insertions, deletions, substitutions and swaps of neighbours that turn `first` into `second`
/// (Damerau 1964, in the restricted form: no letter is edited twice). O(n m).
func editDistance(_ first: String, _ second: String) -> Int {
  let (first, second) = (Array(first), Array(second))
  guard !first.isEmpty, !second.isEmpty else { return max(first.count, second.count) }
  var beforeLast = [Int](repeating: 0, count: second.count + 1)
  var last = Array(0...second.count)
  for row in 1...first.count {
    var current = [row] + [Int](repeating: 0, count: second.count)
    for column in 1...second.count {
      let substitution = first[row - 1] == second[column - 1] ? 0 : 1
      current[column] = min(
        last[column] + 1, current[column - 1] + 1, last[column - 1] + substitution)
      if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
        current[column] = min(current[column], beforeLast[column - 2] + 1)
      }
    }
    (beforeLast, last) = (last, current)
  }
  return last[second.count]
}
