import Foundation

/// Reads a file of `Golden`, which lies beside this one.
func golden<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden").appendingPathComponent(name)
  return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
}

/// Whether `a` is within `relative` of `b`, or within `absolute` where `b` is small.
func isClose(_ a: Double, _ b: Double, relative: Double = 1e-9, absolute: Double = 1e-12) -> Bool {
  abs(a - b) <= max(relative * abs(b), absolute)
}
