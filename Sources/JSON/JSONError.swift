/// Why a text is no JSON.
public struct JSONError: Error, Equatable {
  /// Where, from 1.
  public var byte: Int
  public var expected: String
  /// What stands there, a long rest cut short; nil at the text's end.
  public var found: String?
  /// True for a word such as `NaN`, which other languages write for a number that JSON does not have.
  public var isNoNumber: Bool
}
