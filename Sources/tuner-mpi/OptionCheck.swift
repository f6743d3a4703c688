import ArgumentParser

// What numbers and paths of the command line must be. A range leaves out what is not a number, too.

/// - Throws: `ValidationError` unless `low < number <= high`.
func requireNumber(_ number: Double, for option: String, above low: Double, through high: Double) throws {
  guard number > low, number <= high else {
    throw ValidationError("\(option): expected a number above \(low) and at most \(high), found \(number)")
  }
}

/// - Throws: `ValidationError` unless the number is in the range.
func requireNumber(_ number: Int, for option: String, in range: ClosedRange<Int>) throws {
  guard range.contains(number) else {
    throw ValidationError(
      "\(option): expected an integer from \(range.lowerBound) to \(range.upperBound), found \(number)")
  }
}

/// - Throws: `ValidationError` for an empty path, which would mean the working directory.
func requirePath(_ path: String, for option: String) throws {
  guard path.isEmpty else { return }
  throw ValidationError("\(option): expected a path, found an empty one")
}
