import Foundation
import Search
import Testing

@Suite struct ConfigurationTests {
  @Test func `a configuration is an object of bare scalars`() throws {
    let text = #"{"activation":"gelu","learning_rate":0.001,"version":"8","width":8}"#
    let configuration = try JSONDecoder().decode(Configuration.self, from: Data(text.utf8))
    #expect(
      configuration
        == Configuration([
          "activation": .text("gelu"), "learning_rate": .number(0.001), "version": .text("8"),
          "width": .number(8),
        ]))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(configuration), as: UTF8.self) == text)
  }

  @Test(arguments: [#"{"a":null}"#, #"{"a":true}"#, #"{"a":[1]}"#, #"{"a":1e999}"#, "3"])
  func `what is neither a number nor text is refused`(text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Configuration.self, from: Data(text.utf8))
    }
  }

  @Test func `integral numbers are described without a fraction`() {
    #expect(
      "\(ParameterValue.number(8)) \(ParameterValue.number(0.5)) \(ParameterValue.text("gelu"))"
        == "8 0.5 gelu")
  }
}
