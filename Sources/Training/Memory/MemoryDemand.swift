import MPI

/// Bytes of the host's memory that something needs, asked for before they are used: Linux ends a process that
/// uses more than there is.
struct MemoryDemand {
  /// `Int.max` for a number that exceeds it.
  var bytes: Int
  /// What errors call it, such as `a snapshot of the trial`.
  var purpose: String

  /// So little is there, or nothing is: not worth the question.
  private static let smallest = 1 << 20

  /// - Parameter available: for tests; nil for the host's.
  /// - Throws: `TrainingError.memory` when there is less than this.
  func require(available: HostMemory? = nil) throws(TrainingError) {
    if let failure = shortage(available: available) { throw failure }
  }

  /// Why there is too little; nil when there is enough.
  func shortage(available: HostMemory? = nil) -> TrainingError? {
    if bytes < Self.smallest { return nil }
    let there = available ?? .available()
    return bytes > there.bytes ? failure(there) : nil
  }

  func failure(_ there: HostMemory = .available()) -> TrainingError {
    .memory(
      subject: purpose, expected: HostMemory.text(bytes), found: "\(there)",
      remedy: "Use a smaller model, batch or data set, or start fewer ranks on a host.")
  }
}

extension Int {
  /// The product, or `Int.max` where it is larger. Of numbers that are at least 0.
  static func clampedProduct(_ factors: [Int]) -> Int {
    if factors.contains(0) { return 0 }
    return factors.reduce(1) { product, factor in
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      return overflow ? .max : next
    }
  }

  /// The sum, or `Int.max` where it is larger. Of numbers that are at least 0.
  static func clampedSum(_ terms: [Int]) -> Int {
    terms.reduce(0) { sum, term in
      let (next, overflow) = sum.addingReportingOverflow(term)
      return overflow ? .max : next
    }
  }
}
