import Foundation
import JSON
import Testing

@Suite struct SortedJSONEncoderTests {
  private static func foundation(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func own(_ value: some Encodable) throws -> String {
    String(decoding: try SortedJSONEncoder().encode(value), as: UTF8.self)
  }

  private struct Odd: Encodable {
    enum Shape: Encodable {
      case point
      case circle(Double)
      case text(of: String, size: Int?)
    }
    var z = -0.5
    var a: [Shape] = [.point, .circle(1e300), .text(of: "q\"\\\n\u{1}é", size: nil), .text(of: "", size: -3)]
    var m: [String: [Int8]] = ["b": [1, -2], "a": []]
    var nothing: Int?
    var float: Float = 0.1
    var large = UInt64.max
    var whole = 3.0
    var flag = true
    var tiny = 5e-324
  }

  @Test func `nested enumerations, dictionaries and odd texts are written as by Foundation`() throws {
    #expect(try Self.own(Odd()) == Self.foundation(Odd()))
    #expect(try Self.own([Odd.Shape]()) == "[]")
    #expect(try Self.own([[1.0], []]) == "[[1],[]]")
  }

  @Test func `a number that is not finite is refused`() {
    #expect(throws: EncodingError.self) { try Self.own([Double.nan]) }
    #expect(throws: EncodingError.self) { try Self.own(["a": Double.infinity]) }
  }
}
