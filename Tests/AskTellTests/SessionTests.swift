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

/// The words of experiment files, which mean the same here.
@Suite struct VocabularyTests {
  @Test(arguments: [
    (#"{"name":"x","type":"integer","low":1,"high":8}"#, #"{"name":"x","type":"int","low":1,"high":8}"#),
    (
      #"{"name":"x","type":"categorical","choices":["a","b"]}"#,
      #"{"name":"x","type":"cat","choices":["a","b"]}"#
    ),
    (#"{"name":"x","type":"ordinal","values":[1,4]}"#, #"{"name":"x","type":"ordinal","choices":[1,4]}"#),
    (
      #"{"name":"x","type":"float","low":1e-3,"high":1,"scale":"log"}"#,
      #"{"name":"x","type":"float","low":1e-3,"high":1,"log":true}"#
    ),
  ])
  func `a parameter is understood by either`(spoken: String, own: String) {
    var (first, second) = (beginning(spoken), beginning(own))
    for _ in 0..<5 { #expect(first.say(#"{"op":"ask"}"#) == second.say(#"{"op":"ask"}"#)) }
  }

  @Test func `a goal is a direction, and a fidelity has bounds`() {
    let x = #"{"name":"x","type":"float","low":0,"high":1}"#
    var first = beginning(x, #","goal":"maximize","fidelity":{"name":"epoch","low":1,"high":9}"#)
    var second = beginning(x, #","direction":"maximize","fidelity":{"name":"epoch","min":1,"max":9}"#)
    for turn in 0..<6 {
      let asked = (first.say(#"{"op":"ask"}"#), second.say(#"{"op":"ask"}"#))
      #expect(asked.0 == asked.1)
      let id = asked.0.split(separator: ",")[0].split(separator: ":").last ?? ""
      let told = #"{"op":"tell","trials":[{"id":\#(id),"value":\#(turn * 5 % 7)}]}"#
      #expect(first.say(told) == second.say(told))
    }
  }

  @Test func `two scales are one too many, and an unknown one is refused`() {
    var session = AskTellSession(AskTellStrategy(sampler: .random))
    let both = session.say(
      #"{"op":"init","space":[{"name":"x","type":"float","low":0.1,"high":1,"scale":"log","log":true}]}"#)
    #expect(both.contains("space[0].scale: expected one scale"))
    let unknown = session.say(
      #"{"op":"init","space":[{"name":"x","type":"float","low":0.1,"high":1,"scale":"cubic"}]}"#)
    #expect(unknown.contains("space[0].scale: expected linear, log, logit, found \\\"cubic\\\""))
  }
}
