/// Reads a formula such as `layers * width <= 4096 and optimizer != sgd`.
///
/// From the loosest: `or`; `and`; `not`; one comparison of `==`, `!=`, `<`, `<=`, `>`, `>=`; `+` and `-`; `*`
/// and `/`; a sign; `^`, from the right; numbers, names, texts in quotes, functions, parentheses. By
/// recursive descent, at most `deepest` levels of parentheses, signs and powers, so that no text exhausts the
/// stack.
struct ExpressionParser {
  static let deepest = 50
  static let longest = 1000

  private let subject: String
  private var tokens: [Token]
  private var next = 0
  private var depth = 0
  private var steps: [Expression.Step] = []

  static func parse(_ text: String, subject: String) throws(SearchError) -> Expression {
    guard text.utf8.count <= longest else {
      throw SearchError(
        subject: subject, expected: "a formula of at most \(longest) bytes", found: "\(text.utf8.count)",
        remedy: "Write it as several constraints.")
    }
    var parser = ExpressionParser(subject: subject, tokens: try Token.all(of: text, subject: subject))
    try parser.disjunction()
    let rest = parser.token
    guard rest.kind == .end else {
      throw parser.unexpected(
        rest, expected: "an operator or the end",
        remedy: rest.isComparison
          ? "Write two comparisons joined by and." : "Join the parts by an operator, such as + or and.")
    }
    return Expression(steps: parser.steps)
  }

  private init(subject: String, tokens: [Token]) {
    self.subject = subject
    self.tokens = tokens
  }

  private var token: Token { tokens[next] }

  private func unexpected(_ token: Token, expected: String, remedy: String) -> SearchError {
    SearchError(
      subject: subject, expected: "\(expected) at character \(token.position)", found: token.description,
      remedy: remedy)
  }

  /// Takes the next token if it is one of these words or signs.
  private mutating func take(_ words: [String]) -> Token? {
    guard case .sign(let sign) = token.kind, words.contains(sign) else { return nil }
    defer { next += 1 }
    return token
  }

  private mutating func emit(_ operation: Expression.Operation, _ token: Token) {
    steps.append(Expression.Step(operation: operation, position: token.position))
  }

  private mutating func chain(
    _ words: [String], _ operand: (inout ExpressionParser) throws(SearchError) -> Void
  ) throws(SearchError) {
    try operand(&self)
    while let sign = take(words) {
      try operand(&self)
      emitBinary(sign)
    }
  }

  private mutating func emitBinary(_ token: Token) {
    guard case .sign(let sign) = token.kind, let binary = Expression.Binary(rawValue: sign) else {
      preconditionFailure("only operators are taken as operators")
    }
    emit(.binary(binary), token)
  }

  private mutating func disjunction() throws(SearchError) {
    try chain(["or"]) { parser throws(SearchError) in
      try parser.chain(["and"]) { parser throws(SearchError) in try parser.negation() }
    }
  }

  private mutating func negation() throws(SearchError) {
    guard let word = take(["not"]) else { return try comparison() }
    try deeper { parser throws(SearchError) in try parser.negation() }
    emit(.not, word)
  }

  private mutating func comparison() throws(SearchError) {
    try sum()
    guard let sign = take(Token.comparisons) else { return }
    try sum()
    emitBinary(sign)
  }

  private mutating func sum() throws(SearchError) {
    try chain(["+", "-"]) { parser throws(SearchError) in
      try parser.chain(["*", "/"]) { parser throws(SearchError) in try parser.signed() }
    }
  }

  private mutating func signed() throws(SearchError) {
    guard let sign = take(["-"]) else { return try power() }
    try deeper { parser throws(SearchError) in try parser.signed() }
    emit(.negate, sign)
  }

  private mutating func power() throws(SearchError) {
    try operand()
    guard let sign = take(["^"]) else { return }
    try deeper { parser throws(SearchError) in try parser.signed() }
    emitBinary(sign)
  }

  private mutating func operand() throws(SearchError) {
    let token = token
    next += token.kind == .end ? 0 : 1
    switch token.kind {
    case .number(let number): emit(.number(number), token)
    case .text(let text): emit(.text(text), token)
    case .name(let name):
      if take(["("]) != nil { try call(name, token) } else { emit(.name(name), token) }
    case .sign("("):
      try deeper { parser throws(SearchError) in try parser.disjunction() }
      try close(token)
    default:
      throw unexpected(
        token, expected: "a parameter, a number or a formula in parentheses",
        remedy: "Write for instance layers * width <= 4096.")
    }
  }

  private mutating func call(_ name: String, _ token: Token) throws(SearchError) {
    guard let function = Expression.Function(rawValue: name) else {
      throw unexpected(
        token, expected: "a function",
        remedy: suggestion(for: name, among: Expression.Function.allCases.map(\.rawValue)))
    }
    var count = 0
    repeat {
      try deeper { parser throws(SearchError) in try parser.disjunction() }
      count += 1
    } while take([","]) != nil
    try close(token)
    guard function.arguments.contains(count) else {
      let most = function.arguments == 1...1 ? "1 argument" : "2 to 32 arguments"
      throw SearchError(
        subject: subject, expected: "\(most) of \(name) at character \(token.position)", found: "\(count)",
        remedy: "Separate arguments by commas, such as min(a, b).")
    }
    emit(.call(function, arguments: count), token)
  }

  private mutating func close(_ opened: Token) throws(SearchError) {
    guard take([")"]) == nil else { return }
    throw unexpected(
      token, expected: "a )",
      remedy: "Close the parenthesis that opens at or after character \(opened.position).")
  }

  private mutating func deeper(
    _ body: (inout ExpressionParser) throws(SearchError) -> Void
  ) throws(SearchError) {
    depth += 1
    guard depth <= Self.deepest else {
      throw SearchError(
        subject: subject, expected: "at most \(Self.deepest) levels of nesting", found: "more",
        remedy: "Write it as several constraints.")
    }
    try body(&self)
    depth -= 1
  }
}
