import AskTell
import Search
import Testing

/// Several objectives, and limits.
@Suite struct ObjectiveSessionTests {
  private static let x = #"{"name":"x","type":"float","low":-2,"high":2}"#
  private static let ok = #"{"ok":true}"#
  private static let two = #","objectives":{"loss":"minimize","speed":"maximize"}"#

  @Test(arguments: [
    #""value":[1,20]"#, #""value":{"loss":1,"speed":20}"#, #""metrics":{"loss":1,"speed":20,"note":"fine"}"#,
    #""value":{"loss":1},"metrics":{"speed":20}"#,
  ])
  func `a vector is told as a list, an object or metrics`(_ measurement: String) {
    var session = beginning(Self.x, Self.two)
    #expect(
      session.say(#"{"op":"tell","trials":[{"id":null,"params":{"x":1},\#(measurement)}]}"#) == Self.ok)
    let found = #"{"id":null,"params":{"x":1.0},"value":{"loss":1.0,"speed":20.0}}"#
    #expect(session.say(#"{"op":"state"}"#).hasSuffix(#""best":\#(found),"front":[\#(found)]}"#))
  }

  @Test(arguments: [
    (
      #""value":1"#,
      "value: expected a list of 2 finite numbers, for loss, speed, or an object of them, found 1. "
        + "Write null for a failed trial."
    ),
    (
      #""value":[1,2,3]"#,
      "value: expected a list of 2 finite numbers, for loss, speed, or an object of them, found a list. "
        + "Write null for a failed trial."
    ),
    (
      #""value":{"loss":1}"#,
      #"metrics.speed: expected a finite number, because the study is about it, found nothing. Write "#
        + #"\"metrics\":{\"speed\":1.5}, or null as the value of a failed trial."#
    ),
    (
      #""value":{"loss":1},"metrics":{"speed":"2"}"#,
      #"metrics: expected an object of finite numbers, found an object. Write \"metrics\":{\"memory\":4}."#
    ),
    (#""note":1"#, "value: expected a finite number or null, found nothing. Write null for a failed trial."),
  ])
  func `what is missing is named`(_ measurement: String, _ message: String) {
    var session = beginning(Self.x, Self.two)
    #expect(
      session.say(#"{"op":"tell","trials":[{"id":null,"params":{"x":1},\#(measurement)}]}"#)
        == #"{"error":"trials[0].\#(message)"}"#)
  }

  @Test(arguments: [
    (
      #","objectives":{"a":"minimize"},"direction":"minimize""#,
      "direction: expected either direction or objectives"
    ),
    (#","objectives":{}"#, "objectives: expected an object of at least one metric"),
    (#","objectives":{"a":"up"}"#, "objectives.a: expected minimize or maximize"),
    (#","objectives":{"a":"minimize","a":"minimize"}"#, "objectives.a: expected one value"),
    (#","limits":{"a":{}}"#, "limits.a: expected at_least, at_most, or a range of both, found neither"),
    (
      #","limits":{"a":{"at_most":1,"at_least":2}}"#,
      "limits.a: expected at_least, at_most, or a range of both"
    ),
    (#","limits":{"a":{"at_mots":1}}"#, "limits.a.at_mots: expected a known key"),
    (#","limits":5"#, "limits: expected an object of at least one metric"),
  ])
  func `wrong objectives and limits are refused`(_ keys: String, _ message: String) {
    var session = AskTellSession(AskTellStrategy(sampler: .random))
    #expect(session.say(#"{"op":"init","space":[\#(Self.x)]\#(keys)}"#).hasPrefix(#"{"error":"\#(message)"#))
  }

  @Test(arguments: SamplerConfiguration.Kind.allCases)
  func `a sampler serves several objectives and limits or is refused by name`(
    _ kind: SamplerConfiguration.Kind
  ) {
    let sampler = SamplerConfiguration(kind)
    for (keys, isServed) in [
      (Self.two, sampler.options.heeds.dropped(of: .objectives).isEmpty),
      (#","limits":{"memory":{"at_most":1}}"#, sampler.options.heeds.dropped(of: .limits).isEmpty),
    ] {
      var session = AskTellSession(AskTellStrategy(sampler: sampler))
      let answer = session.say(#"{"op":"init","space":[\#(Self.x)]\#(keys)}"#)
      #expect(
        isServed ? answer == Self.ok : answer.hasPrefix(#"{"error":"sampler \#(kind.rawValue): expected "#))
      guard isServed else { continue }
      for id in 0..<14 {
        #expect(session.say(#"{"op":"ask"}"#).hasPrefix(#"{"trials":[{"id":\#(id),"#))
        let told =
          #"{"id":\#(id),"metrics":{"value":\#(id),"loss":\#(id),"speed":\#(-id),"memory":\#(id % 3)}}"#
        #expect(session.say(#"{"op":"tell","trials":[\#(told)]}"#) == Self.ok)
      }
    }
  }

  @Test func `the front is what nothing dominates, and what breaks limits stays out of it`() {
    var session = beginning(Self.x, Self.two + #","limits":{"memory":{"at_most":4}}"#)
    let told: [(Double, Double, Double, Double)] = [
      (0, 3, 30, 4), (0.25, 1, 10, 4), (0.5, 2, 20, 4), (0.75, 2, 10, 4), (1, 0, 99, 5), (1.25, 2, 20, 1),
    ]
    for (x, loss, speed, memory) in told {
      let value = #"{"loss":\#(loss),"speed":\#(speed),"memory":\#(memory)}"#
      #expect(
        session.say(#"{"op":"tell","trials":[{"id":null,"params":{"x":\#(x)},"value":\#(value)}]}"#)
          == Self.ok)
    }
    let state = session.say(#"{"op":"state"}"#)
    let front = state.components(separatedBy: #""front":"#)[1]
    #expect(
      front.components(separatedBy: #""x":"#).dropFirst().map { $0.prefix(4) } == ["0.25", "0.5}", "0.0}"])
    #expect(
      state.contains(#""best":{"id":null,"params":{"x":0.25},"value":{"loss":1.0,"speed":10.0},"breaks":[]}"#)
    )
    var broken = beginning(Self.x, #","limits":{"memory":{"at_most":4}}"#)
    _ = broken.say(
      #"{"op":"tell","trials":[{"id":null,"params":{"x":1},"value":2,"metrics":{"memory":5}}]}"#)
    #expect(broken.say(#"{"op":"state"}"#).hasSuffix(#""value":2.0,"breaks":["memory <= 4 (by 25%)"]}}"#))
  }

  /// Where one objective falls what the other gains, the front is all of 0...1.
  @Test func `auto enlarges the front and keeps the limits`() {
    var session = beginning(
      Self.x, #","objectives":{"a":"minimize","b":"minimize"},"limits":{"x":{"at_most":0.5}}"#,
      strategy: AskTellStrategy())
    var late: [Double] = []
    for id in 0..<30 {
      let answer = session.say(#"{"op":"ask"}"#)
      let text = answer.components(separatedBy: #""x":"#).last?.prefix { $0 != "}" } ?? ""
      guard let x = Double(text) else {
        Issue.record("\(answer)")
        return
      }
      if id >= 15 { late.append(x) }
      let value = #"{"a":\#(x * x),"b":\#((x - 1) * (x - 1)),"x":\#(x)}"#
      #expect(session.say(#"{"op":"tell","trials":[{"id":\#(id),"value":\#(value)}]}"#) == Self.ok)
    }
    #expect(late.count { $0 > -0.1 && $0 <= 0.5 } >= 11, "\(late)")
    #expect(session.say(#"{"op":"state"}"#).contains(#""because":"ehvi: "#))
  }

  @Test func `with a fidelity and several objectives the scheduler promotes by fronts`() {
    let fidelity = Self.two + #","fidelity":{"max":3}"#
    func dialogue(_ strategy: AskTellStrategy) -> [String] {
      var session = beginning(Self.x, fidelity, strategy: strategy)
      return (0..<12).map { turn in
        let asked = session.say(#"{"op":"ask"}"#)
        let id = asked.split(separator: ",")[0].split(separator: ":").last ?? ""
        let curve = turn % 2 == 0 ? "" : #","curve":[]"#
        let told = #"{"id":\#(id),"value":[\#(turn * 7 % 5),\#(turn * 3 % 7)]\#(curve)}"#
        #expect(session.say(#"{"op":"tell","trials":[\#(told)]}"#) == Self.ok)
        return asked
      }
    }
    #expect(dialogue(AskTellStrategy()) == dialogue(AskTellStrategy(scheduler: .hyperband)))
  }
}
