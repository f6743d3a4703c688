/// A formula over parameters, as a program for a stack: operands push a value, operations replace theirs by a
/// result.
///
/// A program rather than a tree, so that neither evaluation nor checking recurses.
struct Expression: Hashable, Sendable {
  /// What one step does, and the character it comes from, counted from 1.
  struct Step: Hashable, Sendable {
    var operation: Operation
    var position: Int
  }

  enum Operation: Hashable, Sendable {
    case number(Double)
    /// A text in quotes.
    case text(String)
    /// A parameter, or beside `==` and `!=` a text.
    case name(String)
    case negate
    case not
    case binary(Binary)
    case call(Function, arguments: Int)
  }

  enum Binary: String, Sendable {
    case or, and
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divided = "/"
    case power = "^"
  }

  enum Function: String, CaseIterable, Sendable {
    case min, max, log, exp, sqrt, abs

    /// How many arguments it takes.
    var arguments: ClosedRange<Int> {
      switch self {
      case .min, .max: 2...32
      case .log, .exp, .sqrt, .abs: 1...1
      }
    }
  }

  var steps: [Step]

  /// The names in it, each once, in their order: parameters and bare texts.
  var names: [String] {
    var names: [String] = []
    for case .name(let name) in steps.lazy.map(\.operation) where !names.contains(name) { names.append(name) }
    return names
  }
}
