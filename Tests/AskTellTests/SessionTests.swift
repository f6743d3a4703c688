import AskTell
import Search
import Testing

extension AskTellSession {
  /// Answers a line, both as text.
  mutating func say(_ line: String) -> String { String(decoding: answer(Array(line.utf8)), as: UTF8.self) }
}

/// A session after an `init` with these parameters and further keys.
func beginning(
  _ parameters: String = #"{"name":"x","type":"float","low":0,"high":1}"#, _ more: String = "",
  strategy: AskTellStrategy = AskTellStrategy(sampler: .random)
) -> AskTellSession {
  var session = AskTellSession(strategy)
  let answer = session.say("{\"op\":\"init\",\"space\":[\(parameters)]\(more)}")
  #expect(answer == #"{"ok":true}"#)
  return session
}

@Suite struct SessionTests {
  private static let example = """
    {"op":"init","space":[{"name":"lr","type":"float","low":1e-5,"high":0.1,"log":true},\
    {"name":"n","type":"int","low":1,"high":8},{"name":"act","type":"cat","choices":["relu","gelu"]}],"seed":1,\
    "budget":100,"parallel":8,"direction":"minimize","warm":false,"fidelity":{"name":"epoch","min":1,"max":52}}
    """

  @Test func `a trial is asked for, told and asked for again at a higher fidelity`() {
    var session = AskTellSession(AskTellStrategy(sampler: .random))
    #expect(session.say(Self.example) == #"{"ok":true}"#)
    let first = session.say(#"{"op":"ask","n":3}"#)
    #expect(first.hasPrefix(#"{"trials":[{"id":0,"params":{"lr":"#))
    #expect(first.hasSuffix(#"},"fidelity":1}]}"#))
    for id in 0..<3 {
      let told =
        #"{"op":"tell","trials":[{"id":\#(id),"value":\#(3 - id).5,"fidelity":1,"curve":[[1,\#(3 - id).5]]}]}"#
      #expect(session.say(told) == #"{"ok":true}"#)
    }
    // Of three one is promoted: the best, under the number that it has.
    #expect(session.say(#"{"op":"ask","n":1}"#).hasPrefix(#"{"trials":[{"id":2,"#))
    #expect(session.say(#"{"op":"quit"}"#) == #"{"ok":true}"#)
    #expect(session.isOver)
  }

  /// What a session of one job at a time answers.
  private func dialogue(_ strategy: AskTellStrategy) -> [String] {
    var session = beginning(
      #"{"name":"x","type":"float","low":0,"high":1}"#, #","fidelity":{"name":"epoch","max":9}"#,
      strategy: strategy)
    return (0..<40).map { turn in
      // It is the newest trial or an older one that goes on.
      let asked = session.say(#"{"op":"ask"}"#)
      let id = asked.split(separator: ",")[0].split(separator: ":").last ?? ""
      #expect(
        session.say(#"{"op":"tell","trials":[{"id":\#(id),"value":\#(turn * turn % 17)}]}"#)
          == #"{"ok":true}"#)
      return asked
    }
  }

  @Test func `BOHB's sampler is TPE unless another one is named`() {
    let usual = dialogue(AskTellStrategy(scheduler: .bohb))
    #expect(usual == dialogue(AskTellStrategy(sampler: SamplerConfiguration(.tpe), scheduler: .bohb)))
    #expect(usual != dialogue(AskTellStrategy(sampler: SamplerConfiguration(.auto), scheduler: .bohb)))
  }

  @Test func `with a fidelity the scheduler is freeze-thaw for a sampler that chooses, else Hyperband`() {
    let auto = SamplerConfiguration(.auto)
    let usual = dialogue(AskTellStrategy())
    #expect(usual == dialogue(AskTellStrategy(sampler: auto, scheduler: .freezeThaw)))
    #expect(usual != dialogue(AskTellStrategy(sampler: auto, scheduler: .hyperband)))
    #expect(
      dialogue(AskTellStrategy(sampler: .random))
        == dialogue(AskTellStrategy(sampler: .random, scheduler: .hyperband)))
  }

  @Test func `choices keep their types`() {
    var session = beginning(
      #"{"name":"c","type":"cat","choices":[true]},{"name":"d","type":"cat","choices":[64]}"#)
    #expect(session.say(#"{"op":"ask"}"#) == #"{"trials":[{"id":0,"params":{"c":true,"d":64}}]}"#)
    let told = #"{"op":"tell","trials":[{"id":0,"params":{"d":64,"c":true},"value":1}]}"#
    #expect(session.say(told) == #"{"ok":true}"#)
  }

  @Test func `a line with one wrong trial changes nothing`() {
    var session = beginning()
    _ = session.say(#"{"op":"ask","n":2}"#)
    #expect(
      session.say(#"{"op":"tell","trials":[{"id":0,"value":1},{"id":7,"value":1}]}"#)
        == #"{"error":"trials[1], trial 7: expected a trial at work, found one that was never asked for. "#
        + #"Tell each trial that an ask answered once, and others with \"id\":null."}"#)
    #expect(session.say(#"{"op":"tell","trials":[{"id":0,"value":1}]}"#) == #"{"ok":true}"#)
  }
}
