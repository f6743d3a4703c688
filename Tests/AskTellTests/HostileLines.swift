import Randomness

/// Lines that no well-meaning client sends, and among them some that one does.
struct HostileLines {
  private var random: CounterGenerator

  init(seed: UInt64) { random = CounterGenerator(seed: seed, purpose: .simulation) }

  private static let wellFormed = [
    """
    {"op":"init","space":[{"name":"lr","type":"float","low":1e-5,"high":0.1,"log":true},\
    {"name":"n","type":"int","low":1,"high":8},{"name":"act","type":"cat","choices":["relu","gelu"]}],"seed":1,\
    "budget":100,"parallel":8,"direction":"minimize","warm":false,"fidelity":{"name":"epoch","min":1,"max":52}}
    """,
    #"{"op":"init","space":[{"name":"x","type":"float","low":-1,"high":1}],"direction":"maximize"}"#,
    #"{"op":"init","space":[{"name":"x","type":"float","low":-1,"high":1}],"objectives":{"a":"minimize","b":"maximize"},"limits":{"c":{"at_most":1,"at_least":0}},"fidelity":{"min":0.25,"max":2,"step":0.25},"transfer":["x"]}"#,
    #"{"op":"tell","trials":[{"id":0,"value":[1.5,2],"metrics":{"c":0.5},"fidelity":0.5,"curve":[[0.25,{"a":1,"b":2,"c":3}]]}]}"#,
    #"{"op":"state","at":[{"x":0.5},{"x":0.25}]}"#, #"{"op":"state"}"#,
    #"{"op":"ask","n":1}"#, #"{"op":"ask","n":7}"#,
    #"{"op":"tell","trials":[{"id":0,"value":1.5,"fidelity":1,"curve":[[1,2.0]]}]}"#,
    #"{"op":"tell","trials":[{"id":1,"value":null},{"id":2,"value":-3e5}]}"#,
    #"{"op":"tell","trials":[{"id":null,"params":{"lr":0.01,"n":3,"act":"relu"},"value":1.5,"fidelity":3,"curve":[[1,2.0],[3,1.5]]}]}"#,
    #"{"op":"tell","trials":[{"id":null,"params":{"x":0.5},"value":2}]}"#,
  ]

  private static let hostileValues = [
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1.7976931348623157e308", "5e-324", "-0", "-0.0", "01",
    "1.",
    ".5", "+1", "0x10", "1e", "99999999999999999999999", "9223372036854775807", "-9223372036854775808",
    "1e18", "null",
    "true", "\"x\"", "\"\"", "[]", "{}", "[[[]]]", "{\"a\":{\"a\":{}}}", "\"\\ud800\"", "\"\\u0000\"",
    "\"\u{301}\"",
    "2147483648", "100001", "-1", "0", "0.5", "[1,2]", "\"NaN\"",
  ]

  mutating func next() -> [UInt8] {
    switch pick(10) {
    case 0: randomBytes(count: pick(80))
    case 1: Array(Self.wellFormed[pick(Self.wellFormed.count)].utf8)
    case 2: odd()
    case 3, 4, 5, 6: withValuesReplaced(Array(Self.wellFormed[pick(Self.wellFormed.count)].utf8))
    default: withBytesChanged(Array(Self.wellFormed[pick(Self.wellFormed.count)].utf8))
    }
  }

  private mutating func pick(_ count: Int) -> Int { Int(random.nextUniform() * Double(count)) }

  private mutating func randomBytes(count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(pick(256)) }
  }

  /// One to three numbers, texts or words replaced.
  private mutating func withValuesReplaced(_ line: [UInt8]) -> [UInt8] {
    var line = line
    for _ in 0...pick(3) {
      let starts = line.indices.filter {
        [UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: ",")].contains(line[$0])
      }
      guard !starts.isEmpty else { return line }
      let start = starts[pick(starts.count)] + 1
      let ends: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")]
      let end = line[start...].firstIndex(where: ends.contains) ?? line.endIndex
      line.replaceSubrange(start..<end, with: Self.hostileValues[pick(Self.hostileValues.count)].utf8)
    }
    return line
  }

  /// Bytes flipped, put in, taken out, cut off or doubled.
  private mutating func withBytesChanged(_ line: [UInt8]) -> [UInt8] {
    var line = line
    for _ in 0...pick(4) where !line.isEmpty {
      let place = pick(line.count)
      switch pick(5) {
      case 0: line[place] ^= 1 << UInt8(pick(8))
      case 1: line.insert(UInt8(pick(256)), at: place)
      case 2: line.remove(at: place)
      case 3: line.removeSubrange(place...)
      default: line.insert(contentsOf: line[place...], at: place)
      }
    }
    return line
  }

  private mutating func odd() -> [UInt8] {
    switch pick(9) {
    case 0: []
    case 1: Array(repeating: UInt8(ascii: "["), count: pick(100_000))
    case 2: Array(String(repeating: "{\"a\":", count: pick(1000)).utf8)
    case 3: Array("{\"op\":\"ask\",\"n\":\(pick(2) == 0 ? 1_000_000_000 : 100_001)}".utf8)
    case 4: Array("{\"op\":\"tell\",\"trials\":[{\"id\":0,\"value\":1},{\"id\":0,\"value\":1}]}".utf8)
    case 5: Array("{\"op\":\"ask\",\"op\":\"quit\"}".utf8)
    case 6: Array("\u{FEFF}{\"op\":\"ask\"}".utf8)
    case 7:
      Array(
        "{\"op\":\"tell\",\"trials\":[{\"id\":\(pick(20)),\"value\":\(pick(100))e\(pick(700) - 350)}]}".utf8)
    default: hugeSpace()
    }
  }

  private mutating func hugeSpace() -> [UInt8] {
    let count = 1 << pick(12)
    let parameters = (0..<count).map { #"{"name":"p\#($0)","type":"float","low":0,"high":1}"# }
    let choices = (0..<count).map { "\($0)" }.joined(separator: ",")
    let space =
      pick(2) == 0
      ? parameters.joined(separator: ",") : #"{"name":"c","type":"cat","choices":[\#(choices)]}"#
    return Array("{\"op\":\"init\",\"space\":[\(space)]}".utf8)
  }
}
