import RealModule

extension Expression {
  /// Whether the formula is true. True as well if it names a parameter without a value: what is inactive
  /// cannot be wrong. A number that is none, such as log(-1), compares as false.
  ///
  /// - Parameter isParameter: tells parameters from bare texts. Asked only of names without a value.
  func holds(in values: [String: ParameterValue], isParameter: (String) -> Bool) -> Bool {
    var stack: [Value] = []
    for step in steps {
      switch step.operation {
      case .number(let number): stack.append(.number(number))
      case .text(let text): stack.append(.text(text))
      case .name(let name):
        switch values[name] {
        case .number(let number): stack.append(.number(number))
        case .text(let text): stack.append(.text(text))
        case nil:
          guard !isParameter(name) else { return true }
          stack.append(.text(name))
        }
      case .negate: stack.append(.number(-(stack.popLast()?.number ?? .nan)))
      case .not: stack.append(.truth(!(stack.popLast()?.truth ?? false)))
      case .binary(let binary):
        guard let right = stack.popLast(), let left = stack.popLast() else { return false }
        stack.append(binary.result(left, right))
      case .call(let function, let count):
        let arguments = stack.suffix(count).map(\.number)
        stack.removeLast(min(count, stack.count))
        stack.append(.number(function.result(arguments)))
      }
    }
    return stack.last?.truth ?? false
  }

  fileprivate enum Value {
    case number(Double)
    case text(String)
    case truth(Bool)

    /// Not a number for what is none; the check of a constraint refuses such formulas.
    var number: Double { if case .number(let number) = self { number } else { .nan } }
    /// False for a number that is none.
    var isDefined: Bool { if case .number(let number) = self { !number.isNaN } else { true } }
    var truth: Bool { if case .truth(let truth) = self { truth } else { false } }

    /// Texts byte for byte; numbers to the rounding of a few operations, so that 0.1 + 0.2 is 0.3 for whoever
    /// writes decimal numbers.
    func equals(_ other: Self) -> Bool {
      switch (self, other) {
      case (.number(let left), .number(let right)):
        left == right || abs(left - right) <= 4 * max(left.magnitude, right.magnitude).ulp
      case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
      case (.truth(let left), .truth(let right)): left == right
      default: false
      }
    }
  }
}

extension Expression.Binary {
  fileprivate func result(_ left: Expression.Value, _ right: Expression.Value) -> Expression.Value {
    switch self {
    case .or: .truth(left.truth || right.truth)
    case .and: .truth(left.truth && right.truth)
    case .equal: .truth(left.equals(right))
    case .unequal: .truth(!left.equals(right) && left.isDefined && right.isDefined)
    case .less: .truth(left.number < right.number && !left.equals(right))
    case .atMost: .truth(left.number <= right.number || left.equals(right))
    case .greater: .truth(left.number > right.number && !left.equals(right))
    case .atLeast: .truth(left.number >= right.number || left.equals(right))
    case .plus: .number(left.number + right.number)
    case .minus: .number(left.number - right.number)
    case .times: .number(left.number * right.number)
    case .divided: .number(left.number / right.number)
    case .power: .number(Double.power(left.number, right.number))
    }
  }
}

extension Double {
  /// `base` to the `exponent`, also of a negative base where the exponent is whole and within ±10⁹.
  fileprivate static func power(_ base: Double, _ exponent: Double) -> Double {
    if exponent == exponent.rounded(), abs(exponent) <= 1e9 { return Double.pow(base, Int(exponent)) }
    return Double.pow(base, exponent)
  }
}

extension Expression.Function {
  /// Of one number or, for `min` and `max`, of several; not a number if an argument is none.
  fileprivate func result(_ arguments: [Double]) -> Double {
    guard let first = arguments.first, !arguments.contains(where: \.isNaN) else { return .nan }
    return switch self {
    case .min: arguments.min() ?? first
    case .max: arguments.max() ?? first
    case .log: Double.log(first)
    case .exp: Double.exp(first)
    case .sqrt: first.squareRoot()
    case .abs: Swift.abs(first)
    }
  }
}
