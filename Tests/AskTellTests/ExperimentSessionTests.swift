import AskTell
import Search
import Testing

/// Sessions that begin with a study described elsewhere, and those that learn from earlier ones.
@Suite struct ExperimentSessionTests {
  private static let ok = #"{"ok":true}"#

  private static func experiment(
    fidelity: Fidelity? = nil, scheduler: SchedulerConfiguration = .full(FullRunOptions(trials: 3, budget: 4))
  ) -> AskTellExperiment {
    AskTellExperiment(
      seed: 5, objective: Objective(metric: "accuracy", goal: .maximize),
      space: SearchSpace([
        Parameter(name: "rate", domain: .float(low: 0.001, high: 0.1, scale: .log)),
        Parameter(name: "batch", domain: .powersOfTwo(from: 32, through: 128)),
        Parameter(name: "kind", domain: .categorical([.text("a\"b"), .number(2.5)])),
      ]),
      starting: StartingConfigurations(
        baseline: Configuration(["rate": .number(0.01), "batch": .number(64), "kind": .text("a\"b")])),
      sampler: .random, scheduler: scheduler, fidelity: fidelity, mutable: ["rate"])
  }

  @Test func `an experiment is asked for without init, and ends as its scheduler says`() throws {
    var session = try AskTellSession(of: Self.experiment())
    #expect(
      session.say(#"{"op":"ask"}"#)
        == #"{"trials":[{"id":0,"params":{"rate":0.01,"batch":64,"kind":"a\"b"},"fidelity":4}]}"#)
    #expect(session.say(#"{"op":"ask","n":9}"#).hasPrefix(#"{"trials":[{"id":1,"#))
    for id in 0..<3 {
      #expect(
        session.say(#"{"op":"tell","trials":[{"id":\#(id),"metrics":{"accuracy":0.\#(id + 1)}}]}"#) == Self.ok
      )
    }
    #expect(session.say(#"{"op":"ask"}"#) == #"{"trials":[],"finished":true}"#)
    let state = session.say(#"{"op":"state"}"#)
    #expect(state.contains(#""best":{"id":2,"#) && state.hasSuffix(#""value":0.3,"fidelity":4}}"#))
  }

  @Test func `init without a space begins the experiment again`() throws {
    var session = try AskTellSession(of: Self.experiment(), otherwise: AskTellStrategy(sampler: .random))
    let first = session.say(#"{"op":"ask","n":3}"#)
    #expect(session.say(#"{"op":"init"}"#) == Self.ok)
    #expect(session.say(#"{"op":"ask","n":3}"#) == first)
    #expect(session.say(#"{"op":"init","seed":6}"#) == Self.ok)
    #expect(session.say(#"{"op":"ask","n":3}"#) != first)
    #expect(
      session.say(#"{"op":"init","budget":6}"#)
        == #"{"error":"budget: expected nothing but a seed, because the experiment file says the rest, found 6. "#
        + #"Leave it out, or name a space of its own too."}"#)
    #expect(session.say(#"{"op":"init","space":[{"name":"x","type":"fixed","value":1}]}"#) == Self.ok)
    #expect(session.say(#"{"op":"ask"}"#) == #"{"trials":[{"id":0,"params":{"x":1}}]}"#)
  }

  @Test func `a hyperparameter that grows is the fidelity`() throws {
    let fidelity = Fidelity(
      name: "depth", domain: .ordinal([8, 14, 20].map { .number($0) }), fullBudget: 9, length: 4)
    let options = HyperbandOptions(
      minimumBudget: 1, maximumBudget: 9, iterations: 1, decisions: .asynchronous)
    var session = try AskTellSession(of: Self.experiment(fidelity: fidelity, scheduler: .hyperband(options)))
    var asked: Set<String> = []
    while true {
      let answer = session.say(#"{"op":"ask"}"#)
      guard !answer.contains("finished") else { break }
      let id = answer.split(separator: ",")[0].split(separator: ":").last ?? ""
      let text = answer.components(separatedBy: #""fidelity":"#).last?.prefix { !"},".contains($0) } ?? ""
      asked.insert(String(text))
      let told = #"{"id":\#(id),"value":\#(id),"fidelity":\#(text)}"#
      #expect(session.say(#"{"op":"tell","trials":[\#(told)]}"#) == Self.ok)
    }
    #expect(asked == ["8", "14", "20"])
    #expect(
      session.say(#"{"op":"tell","trials":[{"id":null,"params":{},"value":1,"fidelity":9}]}"#)
        .contains("expected "))
  }

  @Test func `earlier studies are read and learned from`() {
    let earlier = PriorStudy(
      name: "earlier",
      space: SearchSpace([Parameter(name: "x", domain: .float(low: 0, high: 1, scale: .linear))]),
      configurations: [0.2, 0.4, 0.6].map { Configuration(["x": .number($0)]) }, costs: [3, 1, 2])
    let strategy = AskTellStrategy(readingStudiesBy: { paths, objective, _ throws(SearchError) in
      #expect(objective.metric == "loss")
      guard paths == ["runs/earlier"] else {
        throw SearchError(
          subject: "transfer: \(paths)", expected: "a study", found: "none", remedy: "Correct it.")
      }
      return [earlier]
    })
    let keys = #","objectives":{"loss":"minimize"},"transfer":["runs/earlier"]"#
    var session = beginning(strategy: strategy, more: keys)
    #expect(session.say(#"{"op":"ask","n":3}"#).contains(#"{"x":0.4}"#))
    #expect(session.say(#"{"op":"state"}"#).contains(#""sampler":"transfer""#))
    let space = #"{"op":"init","space":[{"name":"x","type":"float","low":0,"high":1}]"#
    #expect(
      session.say(space + #","objectives":{"loss":"minimize"},"transfer":["nowhere"]}"#)
        == #"{"error":"transfer: [\"nowhere\"]: expected a study, found none. Correct it."}"#)
    #expect(
      session.say(space + #","objectives":{"loss":"minimize","b":"minimize"},"transfer":["runs/earlier"]}"#)
        .hasPrefix(#"{"error":"sampler transfer: expected one objective"#))
    #expect(session.say(space + #","transfer":[""]}"#).hasPrefix(#"{"error":"transfer: expected a list of"#))
    var other = AskTellSession(AskTellStrategy(sampler: .random))
    #expect(
      other.say(space + keys + "}").hasPrefix(#"{"error":"transfer: expected the sampler transfer"#))
    var alone = AskTellSession()
    #expect(
      alone.say(space + keys + "}").hasPrefix(#"{"error":"transfer: expected a session that may read files"#))
  }
}

private func beginning(strategy: AskTellStrategy, more: String) -> AskTellSession {
  beginning(#"{"name":"x","type":"float","low":0,"high":1}"#, more, strategy: strategy)
}
