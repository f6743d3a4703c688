import JSON
import Search

/// How far trials are trained, as lines speak of it, and the budgets that schedulers count in its place:
/// whole numbers from 1 on.
struct SpokenFidelity: Equatable, Sendable {
  private enum Measure: Equatable, Sendable {
    /// The budget itself.
    case whole
    /// `size` for each unit of budget.
    case steps(size: Double)
    /// What a hyperparameter is at each budget; and where trials are compared.
    case values(Fidelity, rungs: [Int])
  }

  /// Budgets of the cheapest evaluation that can be compared, and of the full one.
  let least: Int
  let full: Int
  private let measure: Measure

  private static let largest = 1_000_000_000

  /// Whole numbers.
  init(from least: Int, to full: Int) {
    (self.least, self.full, measure) = (least, full, .whole)
  }

  /// The values of a hyperparameter that grows with the budget.
  init(_ fidelity: Fidelity, rungs: [Int]) {
    (least, full) = (rungs.first ?? 1, fidelity.fullBudget)
    measure = .values(fidelity, rungs: rungs)
  }

  /// Multiples of `step`, or where that is nil of the largest number that both ends are multiples of. Nil
  /// where there is none that is not tiny.
  init?(from least: Double, to full: Double, step: Double?) {
    let steps = step.map { [least / $0] } ?? (1...10_000).map(Double.init)
    for count in steps {
      let whole = count * (full / least)
      guard let few = Self.count(count), let many = Self.count(whole) else { continue }
      (self.least, self.full, measure) = (few, many, .steps(size: full / Double(many)))
      return
    }
    return nil
  }

  /// A whole number of steps, but for rounding; nil for none, or more than budgets can be.
  private static func count(_ steps: Double) -> Int? {
    let count = steps.rounded()
    guard count >= 1, count <= Double(largest), abs(steps - count) <= 1e-9 * count else { return nil }
    return Int(count)
  }

  /// What lines call a budget.
  private func spoken(_ budget: Int) -> Double {
    switch measure {
    case .whole: Double(budget)
    case .steps(let size): Self.decimal(size * Double(budget))
    case .values(let fidelity, _):
      if case .number(let number) = fidelity.value(at: min(max(budget, 1), full)) { number } else { 0 }
    }
  }

  /// The decimal number of up to twelve places that is nearest, where rounding alone has made another of it:
  /// 0.3 and not 0.30000000000000004.
  private static func decimal(_ number: Double) -> Double {
    let decimal = (number * 1e12).rounded() / 1e12
    return abs(decimal - number) <= 4 * number.ulp ? decimal : number
  }

  func text(_ budget: Int) -> String { ParameterValue.number(spoken(budget)).description }

  func append(_ budget: Int, to line: inout [UInt8]) { line += text(budget).utf8 }
}

// What is told.
extension SpokenFidelity {
  /// What a number must be, for messages.
  var expectation: String {
    switch measure {
    case .whole: "an integer at least 1"
    case .steps: "a multiple of \(text(1)) up to \(text(full))"
    case .values(let fidelity, let rungs):
      "a value of \(fidelity.name), such as \(rungs.map(text).joined(separator: ", "))"
    }
  }

  /// The budget of a number that was told; nil for one that has none.
  func budget(at node: JSONDocument.Node, of document: JSONDocument) -> Int? {
    switch measure {
    case .whole:
      return document.integer(of: node).flatMap { $0 >= 1 ? $0 : nil }
    case .steps(let size):
      return document.number(of: node).flatMap { Self.count($0 / size) }
    case .values(_, let rungs):
      guard let number = document.number(of: node) else { return nil }
      return rungs.first { isSame(number, spoken($0)) } ?? between(number)
    }
  }

  /// The least budget that has this value.
  private func between(_ number: Double) -> Int? {
    var (low, high) = (1, full)
    while low < high {
      let middle = (low + high) / 2
      if spoken(middle) < number, !isSame(number, spoken(middle)) { low = middle + 1 } else { high = middle }
    }
    return isSame(number, spoken(low)) ? low : nil
  }

  private func isSame(_ first: Double, _ second: Double) -> Bool {
    abs(first - second) <= 1e-9 * max(abs(first), abs(second))
  }
}
