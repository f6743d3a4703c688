extension RandomAccessCollection where Element: BinaryFloatingPoint, Index == Int {
  /// Of numbers in ascending order, at least one, with straight lines between them, as NumPy's `percentile`.
  ///
  /// - Parameter share: from 0 to 1.
  func quantile(_ share: Double) -> Element {
    let place = share * Double(count - 1)
    let below = Int(place)
    let above = Swift.min(below + 1, count - 1)
    return self[below] + Element(place - Double(below)) * (self[above] - self[below])
  }
}
