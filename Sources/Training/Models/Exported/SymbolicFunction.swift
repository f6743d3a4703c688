import Foundation
import Tensors

/// A function of numbers in an exported program, by its name in Python: what `forward` computes of a batch's
/// size.
enum SymbolicFunction: String, CaseIterable {
  case add = "_operator.add"
  case subtract = "_operator.sub"
  case multiply = "_operator.mul"
  case divide = "_operator.truediv"
  case divideDown = "_operator.floordiv"
  case remainder = "_operator.mod"
  case power = "_operator.pow"
  case negate = "_operator.neg"
  case same = "_operator.pos"
  case equal = "_operator.eq"
  case unequal = "_operator.ne"
  case less = "_operator.lt"
  case lessOrEqual = "_operator.le"
  case greater = "_operator.gt"
  case greaterOrEqual = "_operator.ge"
  case and = "_operator.and_"
  case or = "_operator.or_"
  case not = "torch.sym_not"
  case integer = "torch.sym_int"
  case float = "torch.sym_float"
  case maximum = "torch.sym_max"
  case minimum = "torch.sym_min"
  case choice = "torch.sym_ite"
  case squareRoot = "torch._sym_sqrt"
  case truncate = "math.trunc"
  case down = "math.floor"
  case up = "math.ceil"

  /// How many numbers it takes.
  var arity: Int {
    switch self {
    case .negate, .same, .not, .integer, .float, .squareRoot, .truncate, .down, .up: 1
    case .choice: 3
    default: 2
    }
  }

  /// What Python makes of as many numbers; nil for what it refuses, and for an integer that 64 bits don't
  /// hold.
  func callAsFunction(_ numbers: [ScalarValue]) -> ScalarValue? {
    guard numbers.count == arity else { return nil }
    if self == .choice { return numbers[numbers[0].double != 0 ? 1 : 2] }
    if arity == 1 { return one(numbers[0]) }
    return two(numbers[0], numbers[1])
  }

  private func one(_ a: ScalarValue) -> ScalarValue? {
    switch self {
    case .same: a
    case .negate: a.integer.map { .integer(0 &- $0) } ?? .number(-a.double)
    case .not: .boolean(a.double == 0)
    case .float: .number(a.double)
    case .squareRoot: .number(a.double.squareRoot())
    case .down: Int(exactly: a.double.rounded(.down)).map(ScalarValue.integer)
    case .up: Int(exactly: a.double.rounded(.up)).map(ScalarValue.integer)
    default: Int(exactly: a.double.rounded(.towardZero)).map(ScalarValue.integer)
    }
  }

  private func two(_ a: ScalarValue, _ b: ScalarValue) -> ScalarValue? {
    switch self {
    case .equal: return .boolean(a.double == b.double)
    case .unequal: return .boolean(a.double != b.double)
    case .less: return .boolean(a.double < b.double)
    case .lessOrEqual: return .boolean(a.double <= b.double)
    case .greater: return .boolean(a.double > b.double)
    case .greaterOrEqual: return .boolean(a.double >= b.double)
    case .and: return Self.logical(a, b) { $0 & $1 }
    case .or: return Self.logical(a, b) { $0 | $1 }
    case .maximum: return b.double > a.double ? b : a
    case .minimum: return b.double < a.double ? b : a
    case .divide: return b.double == 0 ? nil : .number(a.double / b.double)
    default: break
    }
    if let a = a.integer, let b = b.integer { return integers(a, b) }
    return floats(a.double, b.double)
  }

  private static func logical(
    _ a: ScalarValue, _ b: ScalarValue, _ combine: (Int, Int) -> Int
  ) -> ScalarValue? {
    guard let first = a.integer, let second = b.integer else { return nil }
    let both = combine(first, second)
    if case .boolean = a, case .boolean = b { return .boolean(both != 0) }
    return .integer(both)
  }

  private func integers(_ a: Int, _ b: Int) -> ScalarValue? {
    var (result, overflow) = (0, false)
    switch self {
    case .add: (result, overflow) = a.addingReportingOverflow(b)
    case .subtract: (result, overflow) = a.subtractingReportingOverflow(b)
    case .multiply: (result, overflow) = a.multipliedReportingOverflow(by: b)
    case .power:
      if b < 0 { return .number(pow(Double(a), Double(b))) }
      guard let power = Int(exactly: pow(Double(a), Double(b))), power.magnitude < 1 << 53 else { return nil }
      return .integer(power)
    default:
      guard b != 0, b != -1 || a != .min else { return nil }
      // Python rounds down: a remainder has the sign of the divisor.
      let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      let goesDown = remainder != 0 && (remainder < 0) != (b < 0)
      result =
        self == .remainder ? remainder + (goesDown ? b : 0) : quotient - (goesDown ? 1 : 0)
    }
    return overflow ? nil : .integer(result)
  }

  private func floats(_ a: Double, _ b: Double) -> ScalarValue? {
    switch self {
    case .add: .number(a + b)
    case .subtract: .number(a - b)
    case .multiply: .number(a * b)
    case .power: .number(pow(a, b))
    case .divideDown: b == 0 ? nil : .number((a / b).rounded(.down))
    default: b == 0 ? nil : .number(a - b * (a / b).rounded(.down))
    }
  }
}

extension ScalarValue {
  fileprivate var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .boolean(let value): value ? 1 : 0
    }
  }

  /// Nil for a floating-point number.
  fileprivate var integer: Int? {
    switch self {
    case .integer(let value): value
    case .boolean(let value): value ? 1 : 0
    case .number: nil
    }
  }
}
