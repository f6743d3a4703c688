import Foundation
import JSON
import Testing

@Suite struct JSONDocumentDecoderTests {
  private struct Odd: Codable, Equatable {
    enum Shape: Codable, Equatable {
      case point
      case circle(Double)
      case text(of: String, size: Int?)
    }
    var z = -0.5
    var a: [Shape] = [
      .point, .circle(1e300), .text(of: "q\"\\\n\u{1}é😀", size: nil), .text(of: "", size: -3),
    ]
    var m: [String: [Int8]] = ["b": [1, -2], "a": [], "e\u{301}": [3]]
    var nothing: Int?
    var float: Float = 0.1
    var large = UInt64.max
    var least = Int.min
    var whole = 3.0
    var flag = true
    var tiny = 5e-324
    var any = JSONValue.array([.null, .unsigned(.max), .number(0.1), .object(["k": .boolean(false)])])
    /// More members than are looked for one after the other.
    var many = Dictionary(uniqueKeysWithValues: (0..<50).map { ("key\($0)", $0) })
  }

  private static func own<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDocumentDecoder().decode(type, from: Array(text.utf8))
  }

  @Test func `what was encoded is read back, from Foundation's text and from ours`() throws {
    #expect(try JSONDocumentDecoder().decode(Odd.self, from: [UInt8](JSONEncoder().encode(Odd()))) == Odd())
    #expect(try JSONDocumentDecoder().decode(Odd.self, from: SortedJSONEncoder().encode(Odd())) == Odd())
  }

  @Test(arguments: [
    "3", "3.0", "3e2", "-0", "0.1", "1e-320", "9223372036854775807", "123456789012345678", "1e18",
  ])
  func `numbers are read as Foundation reads them`(_ text: String) throws {
    func foundation<Number: Decodable>(_ type: Number.Type) -> Number? {
      try? JSONDecoder().decode(type, from: Data(text.utf8))
    }
    #expect(try Self.own(Double.self, text) == foundation(Double.self))
    if text != "1e-320" { #expect(try Self.own(Float.self, text) == foundation(Float.self)) }
    #expect((try? Self.own(Int.self, text)) == foundation(Int.self))
    #expect((try? Self.own(UInt64.self, text)) == foundation(UInt64.self))
    #expect((try? Self.own(Int8.self, text)) == foundation(Int8.self))
  }

  private struct Outer: Decodable {
    struct Inner: Decodable { var number: Int }
    var list: [Inner]
  }

  @Test(arguments: [
    (#"{"list":[{"number":1},{}]}"#, "no key list.1.number"),
    (#"{"list":[{"number":null}]}"#, "nothing at list.0.number"),
    (#"{"list":[{"number":"a"}]}"#, "a value of another type at list.0.number"),
    (#"{"list":3}"#, "a value of another type at list"),
    (
      #"{"list":[{"number":1.5}]}"#,
      "a value at list.0.number that says: the number 1.5 does not fit in Int"
    ),
    ("[]", "a value of another type at the top"),
    (#"{"list":[]} x"#, "text that is no JSON"),
    (#"{"list":[NaN]}"#, "text that is no JSON"),
    (String(repeating: "[", count: 100_000), "text that is no JSON"),
  ])
  func `what is wrong is said with its place`(_ text: String, _ words: String) {
    #expect {
      _ = try Self.own(Outer.self, text)
    } throws: { error in
      (error as? DecodingError)?.words == words
    }
  }
}
