import Synchronization

/// Counts the multiply-adds of linear maps, convolutions, matrix products and attention, wherever a model calls them,
/// for one pass that somebody wants to know the cost of.
public enum MultiplyAdds {
  /// Below 0 while nobody counts, which is nearly always: then an operator looks here once and goes on.
  private static let sum = Atomic(-1)

  /// How many a computation has. Not for two threads at once.
  public static func counted(_ body: () throws(TensorError) -> Void) throws(TensorError) -> Int {
    sum.store(0, ordering: .relaxed)
    defer { sum.store(-1, ordering: .relaxed) }
    try body()
    return sum.load(ordering: .relaxed)
  }

  /// Adds those of one operator, which are asked for only while somebody counts.
  static func add(_ count: @autoclosure () -> Int) {
    if sum.load(ordering: .relaxed) >= 0 { sum.add(count(), ordering: .relaxed) }
  }
}
