import AskTell
import Search
import Testing

/// Choices and names are told apart by their type and their bytes, and answered as they were written.
@Suite struct ValueIdentityTests {
  private static func asked(_ choices: String) -> Set<[UInt8]> {
    var session = beginning("{\"name\":\"c\",\"type\":\"cat\",\"choices\":[\(choices)]}")
    return Set(
      (0..<60).map { _ in
        let answer = session.say(#"{"op":"ask"}"#)
        return Array(answer.split(separator: ":").last?.utf8.dropLast(4) ?? [])
      })
  }

  @Test(arguments: [
    [#"true"#, #""true""#], [#"null"#, #""null""#], [#"false"#, #""false""#, #""\"false\"""#],
    [#"1"#, #""1""#, "true"],
    ["\"\u{e9}\"", "\"e\u{301}\""], [#""\u00e9""#, #""e\u0301""#], ["\"\u{212b}\"", "\"\u{c5}\""],
  ])
  func `choices of another type or other bytes differ`(_ choices: [String]) {
    #expect(Self.asked(choices.joined(separator: ",")) == Set(choices.map { Array($0.utf8) }))
  }

  @Test(arguments: ["1,1", "true,true", #""a","a""#, "null,null", "1,1.0"])
  func `the same choice twice is refused`(_ choices: String) {
    var session = AskTellSession(AskTellStrategy(sampler: .random))
    let answer = session.say(
      "{\"op\":\"init\",\"space\":[{\"name\":\"c\",\"type\":\"cat\",\"choices\":[\(choices)]}]}")
    #expect(answer.contains("expected choices that differ"))
  }

  @Test func `a word and its text are told, guessed and depended on apart`() {
    var session = beginning(
      """
      {"name":"c","type":"cat","choices":[true,"true"],"prior":{"value":"true","confidence":"high"}},\
      {"name":"x","type":"int","low":1,"high":2,"when":{"c":true}},\
      {"name":"y","type":"int","low":1,"high":2,"when":{"c":["true"]}}
      """)
    let ok = #"{"ok":true}"#
    #expect(session.say(#"{"op":"tell","trials":[{"id":null,"params":{"c":true,"x":1},"value":1}]}"#) == ok)
    #expect(session.say(#"{"op":"tell","trials":[{"id":null,"params":{"c":"true","y":2},"value":1}]}"#) == ok)
    #expect(
      session.say(#"{"op":"tell","trials":[{"id":null,"params":{"c":"true","x":1},"value":1}]}"#)
        .hasPrefix(#"{"error":"#))
    for _ in 0..<20 {
      let answer = session.say(#"{"op":"ask"}"#)
      #expect(answer.contains(#""c":true,"x":"#) || answer.contains(#""c":"true","y":"#), "\(answer)")
    }
  }

  @Test func `names whose letters are composed in another way are two parameters`() {
    let composed = "\u{e9}"
    let decomposed = "e\u{301}"
    var session = beginning(
      """
      {"name":"\(composed)","type":"int","low":1,"high":4},\
      {"name":"\(decomposed)","type":"int","low":11,"high":14},\
      {"name":"z","type":"int","low":1,"high":2,"when":{"\(decomposed)":{"low":13}}}
      """,
      ",\"constraints\":[\"\(composed) <= 2\",\"\(decomposed) >= 12\"],\"first\":[{\"\(decomposed)\":14}]")
    for trial in 0..<10 {
      let answer = session.say(#"{"op":"ask"}"#)
      let parts = answer.split { ":,}".contains($0) }
      let numbers = parts.compactMap { Int($0) }
      #expect(numbers.count >= 3 && numbers[1] <= 2 && numbers[2] >= 12, "\(answer)")
      #expect((numbers.count == 4) == (numbers[2] >= 13))
      if trial == 0 { #expect(numbers[2] == 14) }
      let names = Array(answer.utf8)
      #expect(names.contains(0xC3) && names.contains(0xCC))
    }
    #expect(
      session.say(
        "{\"op\":\"tell\",\"trials\":[{\"id\":null,\"params\":{\"\(decomposed)\":12,\"\(composed)\":1},\"value\":1}]}"
      )
        == #"{"ok":true}"#)
    var twice = AskTellSession(AskTellStrategy(sampler: .random))
    #expect(
      twice.say(
        "{\"op\":\"init\",\"space\":[{\"name\":\"\(decomposed)\",\"type\":\"fixed\",\"value\":1},"
          + "{\"name\":\"\(decomposed)\",\"type\":\"fixed\",\"value\":1}]}"
      ).contains("a name used once"))
  }

  @Test func `a difference of bounds that overflows is named`() {
    var session = AskTellSession(AskTellStrategy(sampler: .random))
    let answer = session.say(
      #"{"op":"init","space":[{"name":"x","type":"float","low":-1.2e308,"high":1.2e308}]}"#)
    #expect(answer.contains("high - low is too large"))
  }

  @Test func `numbers on a grid are answered and told as decimal numbers`() {
    var session = beginning(#"{"name":"x","type":"float","low":0.3,"high":1.5,"step":0.3}"#)
    let told = #"{"op":"tell","trials":[{"id":null,"params":{"x":0.8999999999999999},"value":1}]}"#
    #expect(session.say(told) == #"{"ok":true}"#)
    var answers: Set<String> = []
    for _ in 0..<4 {
      answers.insert(String(session.say(#"{"op":"ask"}"#).split(separator: ":").last?.dropLast(4) ?? ""))
    }
    // What was told is not asked for again.
    #expect(answers == ["0.3", "0.6", "1.2", "1.5"])
  }

  @Test func `extreme numbers are refused or served`() {
    let numbers = [
      "0", "-1", "1", "0.1", "2147483648", "1099511627776", "9223372036854775807", "-9223372036854775808",
      "1e300", "-1e300", "5e-324", "1e17", "0.9999999999999999",
    ]
    var answered = 0
    for low in numbers {
      for high in numbers {
        for more in [
          #","type":"float""#, #","type":"float","log":true"#, #","type":"float","logit":true"#,
          #","type":"int""#,
          #","type":"int","log":true"#, #","type":"float","step":0.3"#, #","type":"int","step":3"#,
          #","type":"float","step":1e299"#, #","type":"float","step":5e-324"#,
        ] {
          var session = AskTellSession(AskTellStrategy(sampler: SamplerConfiguration(.tpe)))
          let answer = session.say(
            "{\"op\":\"init\",\"space\":[{\"name\":\"x\",\"low\":\(low),\"high\":\(high)\(more)}]}")
          guard answer == #"{"ok":true}"# else {
            #expect(answer.hasPrefix(#"{"error":"#))
            continue
          }
          answered += 1
          #expect(session.say(#"{"op":"ask","n":3}"#).hasPrefix(#"{"trials":[{"#))
        }
      }
    }
    #expect(answered > 50)
  }

  @Test(arguments: SchedulerConfiguration.Kind.allCases)
  func `a fidelity of any size is refused or served`(_ kind: SchedulerConfiguration.Kind) {
    for (least, full) in [(1, 1), (1, 1_000_000_000), (1_000_000_000, 1_000_000_000), (7, 999_999_937)] {
      for parallel in [1, 1_000_000] {
        var session = AskTellSession(AskTellStrategy(sampler: .random, scheduler: kind))
        let answer = session.say(
          """
          {"op":"init","space":[{"name":"x","type":"float","low":0,"high":1}],"parallel":\(parallel),\
          "fidelity":{"name":"epoch","min":\(least),"max":\(full)}}
          """)
        guard answer == #"{"ok":true}"# else { continue }
        #expect(session.say(#"{"op":"ask","n":20}"#).hasPrefix(#"{"trials":[{"#))
      }
    }
  }
}
