/// A message about up to 64 ranks of a node, small enough that every network takes it at once: nobody waits
/// for the rest of a message whose sender has been stopped.
package struct GatheredSigns: Equatable, Sendable {
  /// The node, by its first rank.
  var firstRank: Int
  /// The place on the node of the first rank told of.
  var start: Int
  /// A bit for each: whether it has counted since the last message; whether its process has ended; whether it waits
  /// for other ranks.
  private var alive: UInt64
  private var gone: UInt64
  private var waiting: UInt64
  var signs: [SignWords]

  static let most = 64

  package init(
    firstRank: Int, start: Int, isAlive: [Bool], isGone: [Bool] = [], isWaiting: [Bool] = [],
    _ signs: [SignWords]
  ) {
    self.firstRank = firstRank
    self.start = start
    self.signs = signs
    (alive, gone, waiting) = (Self.bits(isAlive), Self.bits(isGone), Self.bits(isWaiting))
  }

  private static func bits(_ values: [Bool]) -> UInt64 {
    values.enumerated().reduce(0) { $0 | ($1.element ? 1 << $1.offset : 0) }
  }

  func isAlive(_ index: Int) -> Bool { alive & (1 << index) != 0 }
  func isGone(_ index: Int) -> Bool { gone & (1 << index) != 0 }
  func isWaiting(_ index: Int) -> Bool { waiting & (1 << index) != 0 }

  var numbers: [Int64] {
    [Int64(firstRank), Int64(start)] + [alive, gone, waiting].map { Int64(bitPattern: $0) }
      + signs.flatMap { [$0.head, $0.work] }
  }

  /// Nil for numbers that are no such message.
  init?(_ numbers: [Int64]) {
    guard numbers.count > 5, (numbers.count - 5).isMultiple(of: 2) else { return nil }
    firstRank = Int(numbers[0])
    start = Int(numbers[1])
    (alive, gone, waiting) = (
      UInt64(bitPattern: numbers[2]), UInt64(bitPattern: numbers[3]), UInt64(bitPattern: numbers[4])
    )
    signs = stride(from: 5, to: numbers.count, by: 2).map {
      SignWords(head: numbers[$0], work: numbers[$0 + 1])
    }
  }
}
