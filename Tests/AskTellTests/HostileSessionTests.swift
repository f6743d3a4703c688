import JSON
import Search
import Testing

@testable import AskTell

@Suite struct HostileSessionTests {
  private static let good = """
    {"op":"init","space":[{"name":"x","type":"float","low":0,"high":1},{"name":"c","type":"cat","choices":["a","b"]}]}
    """

  /// Answers every line, and checks that the answer is one JSON object of a kind that the protocol has.
  private static func outlive(_ count: Int, seed: UInt64, _ strategy: AskTellStrategy) throws -> [[UInt8]] {
    var lines = HostileLines(seed: seed)
    var session = AskTellSession(strategy)
    var answers: [[UInt8]] = []
    for _ in 0..<count {
      let line = lines.next()
      let answer = session.answer(line)
      let document = try JSONDocument(answer)
      let keys = document.members(of: document.root).compactMap { document.text(of: $0.key) }
      #expect(
        ["ok", "error", "trials", "told"].contains(keys.first) && !answer.contains(UInt8(ascii: "\n")),
        "seed \(seed), \(String(decoding: line, as: UTF8.self)): \(String(decoding: answer, as: UTF8.self))")
      answers.append(answer)
    }
    // Whatever was before, a client in its right mind is served.
    #expect(session.say(Self.good) == #"{"ok":true}"#)
    #expect(session.say(#"{"op":"ask","n":1}"#).hasPrefix(#"{"trials":[{"id":0,"params":{"x":"#))
    #expect(session.say(#"{"op":"tell","trials":[{"id":0,"value":0.5}]}"#) == #"{"ok":true}"#)
    return answers
  }

  @Test func `ten thousand hostile lines are answered, and the same lines alike`() throws {
    let strategy = AskTellStrategy(sampler: .random)
    let answers = try Self.outlive(10_000, seed: 1, strategy)
    #expect(answers == (try Self.outlive(10_000, seed: 1, strategy)))
    let errors = answers.count { $0.starts(with: #"{"error":"#.utf8) }
    #expect(errors > 5000 && errors < 9900)
  }

  @Test(arguments: SamplerConfiguration.Kind.allCases)
  func `every sampler outlives hostile lines`(_ kind: SamplerConfiguration.Kind) throws {
    _ = try Self.outlive(100, seed: 2, AskTellStrategy(sampler: SamplerConfiguration(kind)))
  }

  @Test(arguments: SchedulerConfiguration.Kind.allCases.filter { $0 != .replay })
  func `every scheduler outlives hostile lines`(_ kind: SchedulerConfiguration.Kind) throws {
    _ = try Self.outlive(1000, seed: 3, AskTellStrategy(sampler: .random, scheduler: kind))
  }

  /// Domains at the ends of what numbers can be, and values that overflow when they are squared or summed.
  @Test(arguments: SamplerConfiguration.Kind.allCases)
  func `every sampler bears extreme numbers`(_ kind: SamplerConfiguration.Kind) throws {
    let space = """
      {"name":"a","type":"float","low":-8e307,"high":8e307},{"name":"b","type":"float","low":5e-324,"high":1.7e308,\
      "log":true},{"name":"c","type":"int","low":-1099511627776,"high":1099511627776},{"name":"d","type":"int","low":1,\
      "high":1099511627776,"log":true},{"name":"e","type":"float","low":1,"high":1.0000000000000002},\
      {"name":"f","type":"cat","choices":[0]}
      """
    var session = beginning(space, strategy: AskTellStrategy(sampler: SamplerConfiguration(kind)))
    let values = ["1.7e308", "-1.7e308", "5e-324", "0", "-0", "null", "1e300", "-1e300", "1", "1", "1"]
    for id in 0..<16 {
      let answer = session.say(#"{"op":"ask","n":1}"#)
      #expect(answer.hasPrefix(#"{"trials":[{"id":\#(id),"params":{"a":"#), "\(answer)")
      let told = #"{"op":"tell","trials":[{"id":\#(id),"value":\#(values[id % values.count])}]}"#
      #expect(session.say(told) == #"{"ok":true}"#)
      let point = String(answer.dropFirst(#"{"trials":[{"id":,"params":"#.count + "\(id)".count).dropLast(3))
      let state = session.say(#"{"op":"state","at":[\#(point)]}"#)
      #expect(state.hasPrefix(#"{"told":\#(id + 1),"#), "\(state)")
    }
  }
}
