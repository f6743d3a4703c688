import AskTell
import Search
import Testing

private let defaultX = #"{"name":"x","type":"float","low":0,"high":1}"#

@Suite struct StateSessionTests {
  private static let ok = #"{"ok":true}"#

  @Test func `the state counts what was told, is at work and has failed`() {
    var session = beginning()
    #expect(
      session.say(#"{"op":"state"}"#)
        == #"{"told":0,"failed":0,"pending":[],"finished":false,"sampler":"random","objectives":{"value":"minimize"},"#
        + #""best":null}"#)
    _ = session.say(#"{"op":"ask","n":4}"#)
    _ = session.say(
      #"{"op":"tell","trials":[{"id":1,"value":null},{"id":2,"value":3},{"id":null,"params":{"x":0.5},"value":2}]}"#
    )
    #expect(
      session.say(#"{"op":"state"}"#)
        == #"{"told":3,"failed":1,"pending":[0,3],"finished":false,"sampler":"random","objectives":{"value":"minimize"},"#
        + #""best":{"id":null,"params":{"x":0.5},"value":2.0}}"#)
    #expect(
      session.say(#"{"op":"state","at":[{"x":2}]}"#)
        == #"{"error":"at[0], parameter x: expected a number from 0 to 1, found 2. Give it a value of its domain."}"#
    )
    #expect(session.say(#"{"op":"state","at":5}"#).hasPrefix(#"{"error":"at: expected a list, found 5."#))
  }

  @Test func `a state needs a study`() {
    var session = AskTellSession()
    #expect(session.say(#"{"op":"state"}"#).hasPrefix(#"{"error":"op: expected an init first"#))
  }

  /// Numbers that follow `key` in a text.
  private static func numbers(_ key: String, in text: String) -> [Double] {
    text.components(separatedBy: "\"\(key)\":").dropFirst().compactMap { rest in
      Double(rest.prefix { !",}".contains($0) })
    }
  }

  private static let points = #"{"op":"state","at":[{"x":0.3},{"x":0.9}]}"#

  @Test(arguments: SamplerConfiguration.Kind.allCases)
  func `a sampler says what its model believes, or that it has none`(_ kind: SamplerConfiguration.Kind) {
    let sampler = SamplerConfiguration(kind)
    var session = beginning(
      defaultX, #","direction":"maximize""#, strategy: AskTellStrategy(sampler: sampler))
    let hasModel = [.auto, .gp, .ehvi, .forest, .transfer].contains(kind)
    #expect(
      session.say(Self.points).hasSuffix(
        hasModel
          ? #""beliefs":null,"no_beliefs":"too little was told for a model of \#(kind.rawValue)"}"#
          : #""beliefs":null,"no_beliefs":"\#(kind.rawValue) has no model of the whole space"}"#))
    for k in 0..<20 {
      let x = Double(k) / 19
      let told = #"{"id":null,"params":{"x":\#(x)},"value":\#(7 - (x - 0.3) * (x - 0.3))}"#
      #expect(session.say(#"{"op":"tell","trials":[\#(told)]}"#) == Self.ok)
    }
    guard hasModel else { return }
    let state = session.say(Self.points)
    let (means, deviations) = (Self.numbers("mean", in: state), Self.numbers("deviation", in: state))
    guard means.count == 2, deviations.count == 2 else {
      Issue.record("\(state)")
      return
    }
    #expect(abs(means[0] - 7) < 0.03 && abs(means[1] - 6.64) < 0.1, "\(state)")
    #expect(deviations.allSatisfy { $0 >= 0 && $0 < 0.3 }, "\(state)")
  }

  /// What is believed is of each objective, in its own sign.
  @Test func `several objectives are believed in apart`() {
    var session = beginning(
      defaultX, #","objectives":{"cost":"minimize","gain":"maximize"}"#, strategy: AskTellStrategy())
    for k in 0..<20 {
      let x = Double(k) / 19
      let told = #"{"id":null,"params":{"x":\#(x)},"value":[\#(x),\#(100 * x)]}"#
      #expect(session.say(#"{"op":"tell","trials":[\#(told)]}"#) == Self.ok)
    }
    let state = session.say(Self.points)
    let means = Self.numbers("mean", in: state)
    #expect(state.contains(#""beliefs":[{"cost":{"mean":"#) && state.contains(#""gain":{"mean":"#))
    #expect(means.count == 4 && abs(means[0] - 0.3) < 0.02 && abs(means[3] - 90) < 10, "\(state)")
  }

  @Test func `four objectives are believed in, too`() {
    let goals = ["a", "b", "c", "d"].map { "\"\($0)\":\"minimize\"" }.joined(separator: ",")
    var session = beginning(defaultX, ",\"objectives\":{\(goals)}", strategy: AskTellStrategy())
    for k in 0..<12 {
      let x = Double(k) / 11
      let told = #"{"id":null,"params":{"x":\#(x)},"value":[\#(x),\#(-x),\#(x * x),\#(1 - x)]}"#
      #expect(session.say(#"{"op":"tell","trials":[\#(told)]}"#) == Self.ok)
    }
    #expect(session.say(#"{"op":"ask"}"#).hasPrefix(#"{"trials":[{"id":0,"#))
    #expect(Self.numbers("mean", in: session.say(Self.points)).count == 8)
  }

  @Test(arguments: SamplerConfiguration.Kind.allCases)
  func `to be asked for its state changes no later answer`(_ kind: SamplerConfiguration.Kind) {
    func dialogue(asking: Bool) -> [String] {
      var session = beginning(strategy: AskTellStrategy(sampler: SamplerConfiguration(kind)))
      return (0..<25).map { id in
        let asked = session.say(#"{"op":"ask"}"#)
        if asking { #expect(session.say(Self.points).hasPrefix(#"{"told":\#(id),"#)) }
        #expect(session.say(#"{"op":"tell","trials":[{"id":\#(id),"value":\#(id * id % 17)}]}"#) == Self.ok)
        return asked
      }
    }
    #expect(dialogue(asking: true) == dialogue(asking: false))
  }
}
