/// Times of the same thing, repeated, in milliseconds.
struct Times {
  private var milliseconds: [Double] = []

  mutating func add(_ body: () throws -> Void) rethrows {
    let start = ContinuousClock.now
    try body()
    milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
  }

  var median: Double { milliseconds.sorted()[milliseconds.count / 2] }
  var least: Double { milliseconds.min() ?? 0 }
}

/// A line of a Markdown table: the name, the median and the least time, and the median as a multiple of
/// another's.
func printRow(_ name: String, _ times: Times, relativeTo base: Times) {
  print("| \(name) | \(short(times.median)) (\(short(times.least))) | \(short(times.median / base.median)) |")
}

func printHeader(_ subject: String, relativeTo base: String) {
  print("| \(subject) | ms, median (least) | times \(base) |\n|---|---|---|")
}

/// Three significant digits or so.
private func short(_ value: Double) -> String {
  let unit = value < 1 ? 1000.0 : value < 100 ? 100.0 : 1.0
  return "\((value * unit).rounded() / unit)"
}
