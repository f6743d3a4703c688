import Training

/// What a value of an experiment file looks like, as far as its notation tells: what a JSON Schema can say of it.
indirect enum ValueShape: Equatable, Sendable {
  /// Any scalar that is not empty.
  case text
  /// A scalar that matches a regular expression.
  case pattern(String)
  case truth
  /// From `low` to `high`.
  case integer(low: Int, high: Int)
  case number(NumberRange)
  /// One of these words; aliases are understood and not spoken of.
  case choice([String], aliases: [String])
  /// Any text; these are the known ones.
  case known([String])
  /// A scalar that is a number or a text.
  case scalar
  case list(of: ValueShape, atLeast: Int, atMost: Int)
  case either([ValueShape])
  /// Names of the user's own with values of this kind, and keys with ones of their own.
  case mapping(to: ValueShape, keys: [String: ValueShape])
  /// Keys with values, which the reader asks for.
  case section
  /// The same, or a word that stands for the value of one of the keys.
  case shorthand(String)
  /// A list of such sections.
  case sections
}
