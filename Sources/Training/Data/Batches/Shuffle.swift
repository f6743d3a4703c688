import Randomness

extension Array {
  /// In random order, by Fisher and Yates (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm P).
  /// Takes `count` draws. Our own, because the standard library may change how its shuffle draws.
  func shuffled(by generator: CounterGenerator) -> Self {
    var generator = generator
    var copy = self
    copy.withUnsafeMutableBufferPointer { elements in
      var last = elements.count - 1
      while last > 0 {
        elements.swapAt(last, Int(generator.next(below: UInt64(last + 1))))
        last -= 1
      }
    }
    return copy
  }
}

extension CounterGenerator {
  /// Uniform in 0..<`bound`, from one draw: the high half of the product (Lemire, "Fast random integer
  /// generation in an interval", ACM TOMACS 29:1, 2019, without the rejection, whose effect is below bound /
  /// 2^64).
  mutating func next(below bound: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: bound).high
  }
}
