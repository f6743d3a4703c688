import JSON
import Search
import Tuner

extension JSONValue {
  /// The bare scalar, whole numbers as integers.
  init(_ value: ParameterValue) {
    switch value {
    case .number(let number): self = Int(exactly: number).map(JSONValue.integer) ?? .number(number)
    case .text(let text): self = .text(text)
    }
  }

  init(_ configuration: Configuration) { self = .object(configuration.values.mapValues { JSONValue($0) }) }

  /// One line, keys in order.
  var line: String {
    get throws(TunerError) {
      do { return String(decoding: try SortedJSONEncoder().encode(self), as: UTF8.self) } catch {
        throw TunerError(
          .defect, subject: "an export", expected: "only finite numbers", found: "\(error)",
          remedy: "Report this as a bug.")
      }
    }
  }
}
