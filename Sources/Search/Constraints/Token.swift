/// A word, number, text or sign of a formula.
struct Token {
  enum Kind: Equatable {
    case number(Double)
    case name(String)
    case text(String)
    /// An operator, `and`, `or`, `not`, a parenthesis or a comma.
    case sign(String)
    case end
  }

  var kind: Kind
  /// Of its first character, counted from 1.
  var position: Int

  static let comparisons = ["==", "!=", "<=", ">=", "<", ">"]
  private static let signs = comparisons + ["+", "-", "*", "/", "^", "(", ")", ","]

  var isComparison: Bool {
    if case .sign(let sign) = kind { Self.comparisons.contains(sign) } else { false }
  }

  /// What a message calls it.
  var description: String {
    switch kind {
    case .number(let number): "\(ParameterValue.number(number))"
    case .name(let name): name
    case .text(let text): "\"\(text)\""
    case .sign(let sign): sign
    case .end: "the end"
    }
  }

  /// The formula's tokens, an end last.
  static func all(of text: String, subject: String) throws(SearchError) -> [Token] {
    let characters = Array(text)
    var tokens: [Token] = []
    var i = 0
    while i < characters.count {
      let start = i
      let character = characters[i]
      if character.isWhitespace {
        i += 1
        continue
      }
      let kind: Kind
      if character.isASCII, character.isNumber || character == "." {
        kind = try number(characters, &i, subject)
      } else if character.isLetter || character == "_" {
        while i < characters.count, characters[i].isLetter || characters[i].isNumber || characters[i] == "_" {
          i += 1
        }
        let word = String(characters[start..<i])
        kind = ["and", "or", "not"].contains(word) ? .sign(word) : .name(word)
      } else if character == "\"" || character == "'" {
        kind = try quoted(characters, &i, subject)
      } else {
        kind = try sign(characters, &i, subject)
      }
      tokens.append(Token(kind: kind, position: start + 1))
    }
    return tokens + [Token(kind: .end, position: characters.count + 1)]
  }

  /// Digits, a point, an exponent with its sign.
  private static func number(
    _ characters: [Character], _ i: inout Int, _ subject: String
  ) throws(SearchError) -> Kind {
    let start = i
    while i < characters.count {
      let isSign = characters[i] == "+" || characters[i] == "-"
      let followsExponent = i > start && (characters[i - 1] == "e" || characters[i - 1] == "E")
      guard
        characters[i].isLetter || characters[i].isNumber || characters[i] == "." || isSign && followsExponent
      else { break }
      i += 1
    }
    let text = String(characters[start..<i])
    guard let number = Double(text), number.isFinite, !text.contains(where: { "xXpP".contains($0) }) else {
      throw SearchError(
        subject: subject, expected: "a number at character \(start + 1)", found: text,
        remedy: "Write it such as 0.5 or 1e-3; between a number and a name goes a *.")
    }
    return .number(number)
  }

  private static func quoted(
    _ characters: [Character], _ i: inout Int, _ subject: String
  ) throws(SearchError) -> Kind {
    let start = i
    guard let end = characters[(start + 1)...].firstIndex(of: characters[start]) else {
      throw SearchError(
        subject: subject, expected: "a quote that closes the one at character \(start + 1)", found: "the end",
        remedy: "Close the quote.")
    }
    i = end + 1
    return .text(String(characters[(start + 1)..<end]))
  }

  private static func sign(
    _ characters: [Character], _ i: inout Int, _ subject: String
  ) throws(SearchError) -> Kind {
    let pair = String(characters[i..<min(i + 2, characters.count)])
    for sign in [pair, String(characters[i])] where signs.contains(sign) {
      i += sign.count
      return .sign(sign)
    }
    let remedies = [
      "=": "Write == to compare.", "&": "Write and.", "|": "Write or.", "!": "Write not, or !=.",
    ]
    throw SearchError(
      subject: subject, expected: "an operator at character \(i + 1)", found: "\(characters[i])",
      remedy: remedies[String(characters[i])] ?? "Use + - * / ^ == != < <= > >= and or not ( ).")
  }
}
