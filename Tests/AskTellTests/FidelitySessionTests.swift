import AskTell
import Search
import Testing

/// Fidelities that are no whole numbers.
@Suite struct FidelitySessionTests {
  private static let x = #"{"name":"x","type":"float","low":0,"high":1}"#
  private static let ok = #"{"ok":true}"#

  /// The fidelities that a session of one trial at a time asks for.
  private static func asked(_ fidelity: String, _ strategy: AskTellStrategy, turns: Int = 40) -> Set<String> {
    var session = beginning(x, #","fidelity":\#(fidelity)"#, strategy: strategy)
    var asked: Set<String> = []
    for turn in 0..<turns {
      let answer = session.say(#"{"op":"ask"}"#)
      let parts = answer.components(separatedBy: #""fidelity":"#)
      if answer.contains(#""finished":true"#) { break }
      // A copy of another trial says from which fidelity, too.
      guard parts.count > 1 else {
        Issue.record("\(answer)")
        break
      }
      let id = answer.split(separator: ",")[0].split(separator: ":").last ?? ""
      let text = parts[1].prefix { !"},".contains($0) }
      asked.insert(String(text))
      let told = #"{"id":\#(id),"value":\#(turn * 7 % 11),"fidelity":\#(text)}"#
      #expect(session.say(#"{"op":"tell","trials":[\#(told)]}"#) == ok)
    }
    return asked
  }

  @Test(arguments: [
    (#"{"min":0.25,"max":1}"#, ["0.25", "1"]), (#"{"min":0.1,"max":0.9}"#, ["0.1", "0.3", "0.9"]),
    (#"{"min":0.1,"max":1}"#, ["0.1", "0.3", "1"]),
    (#"{"min":0.01,"max":1,"step":0.01}"#, ["0.01", "0.03", "0.11", "0.33", "1"]),
    (#"{"min":0.3333333333333333,"max":1}"#, ["0.3333333333333333", "1"]),
    (#"{"min":1.5,"max":13.5}"#, ["1.5", "4.5", "13.5"]),
    (#"{"min":100,"max":900,"step":50}"#, ["100", "300", "900"]),
    (#"{"max":9}"#, ["1", "3", "9"]),
  ])
  func `budgets are multiples of the step`(_ fidelity: String, _ expected: [String]) {
    let asked = Self.asked(fidelity, AskTellStrategy(sampler: .random, scheduler: .asha), turns: 200)
    #expect(asked == Set(expected))
  }

  @Test(arguments: SchedulerConfiguration.Kind.allCases.filter { $0 != .replay })
  func `every scheduler counts in parts`(_ kind: SchedulerConfiguration.Kind) {
    let asked = Self.asked(#"{"min":0.25,"max":1}"#, AskTellStrategy(sampler: .random, scheduler: kind))
    #expect(asked.isSubset(of: ["0.25", "0.5", "0.75", "1"]))
  }

  @Test(arguments: SamplerConfiguration.Kind.allCases)
  func `every sampler learns from parts`(_ kind: SamplerConfiguration.Kind) {
    let asked = Self.asked(#"{"min":0.25,"max":1}"#, AskTellStrategy(sampler: SamplerConfiguration(kind)))
    #expect(asked == ["0.25", "1"])
  }

  @Test func `curves and observations are told at multiples`() {
    var session = beginning(Self.x, #","fidelity":{"min":0.1,"max":1}"#)
    #expect(
      session.say(
        #"{"op":"tell","trials":[{"id":null,"params":{"x":0.5},"value":1,"fidelity":0.7,"curve":[[0.1,3],[0.30000000000000004,2]]}]}"#
      ) == Self.ok)
    #expect(
      session.say(#"{"op":"tell","trials":[{"id":null,"params":{"x":0.5},"value":1,"fidelity":0.25}]}"#)
        == #"{"error":"trials[0].fidelity: expected a multiple of 0.1 up to 1, found 0.25. Write how far the "#
        + #"trial was trained."}"#)
    #expect(
      session.say(#"{"op":"tell","trials":[{"id":null,"params":{"x":0.5},"value":1,"fidelity":1.1}]}"#)
        == #"{"error":"trials[0], fidelity: expected a fidelity of at most 1, found 1.1. Tell what was measured "#
        + #"up to the fidelity of the trial."}"#)
    #expect(session.say(#"{"op":"ask"}"#).hasSuffix(#","fidelity":0.1}]}"#))
    #expect(
      session.say(#"{"op":"tell","trials":[{"id":0,"value":1,"fidelity":0.2}]}"#)
        == #"{"error":"trials[0], trial 0: expected a result at fidelity 0.1, as it was asked for, found 0.2. "#
        + #"Train the trial up to the fidelity of the answer."}"#)
    #expect(session.say(#"{"op":"state"}"#).contains(#""value":1.0,"fidelity":0.7}"#))
  }

  @Test(arguments: [
    (
      #"{"min":0.1234567,"max":1}"#,
      "fidelity.step: expected a step of which min and max are multiples, found nothing"
    ),
    (
      #"{"min":0.1,"max":1,"step":0.15}"#, "fidelity.step: expected a step of which min and max are multiples"
    ),
    (#"{"min":0,"max":1}"#, "fidelity.min: expected a number from 1e-9 to 1e9, found 0"),
    (#"{"max":0.5}"#, "fidelity.max: expected at least min, which is 1, found 0.5"),
    (#"{"max":1e300}"#, "fidelity.max: expected a number from 1e-9 to 1e9"),
    (#"{"max":1,"min":1,"step":-1}"#, "fidelity.step: expected a number from 1e-9 to 1e9"),
  ])
  func `a fidelity that cannot be counted is refused`(_ fidelity: String, _ message: String) {
    var session = AskTellSession(AskTellStrategy(sampler: .random))
    #expect(
      session.say(#"{"op":"init","space":[\#(Self.x)],"fidelity":\#(fidelity)}"#)
        .hasPrefix(#"{"error":"\#(message)"#))
  }
}
