import ArgumentParser
import AskTell
import Search

struct SuggestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest",
    abstract: "Ask and tell over standard input and output: any language can use the samplers.",
    discussion: """
      Reads one JSON object a line and answers each with one line. The first one names the space:

        {"op":"init","space":[{"name":"lr","type":"float","low":1e-5,"high":0.1,"log":true}],"seed":1}
        {"op":"ask","n":1}
        {"op":"tell","trials":[{"id":0,"value":1.5}]}
        {"op":"quit"}

      docs/suggest.md has the whole protocol.
      """)

  @Option(
    help: ArgumentHelp(
      """
      How trials are proposed: \(names(SamplerConfiguration.Kind.self)). Without it tpe under bohb, and auto otherwise.
      """, valueName: "name"),
    transform: { try named($0) })
  var sampler: SamplerConfiguration.Kind?

  @Option(
    help: ArgumentHelp(
      """
      How far each trial is trained: auto, \(names(SchedulerConfiguration.Kind.self)). auto trains whole runs, or by \
      asynchronous Hyperband if init names a fidelity.
      """, valueName: "name"),
    transform: SchedulerChoice.init(named:))
  var scheduler = SchedulerChoice.auto

  func run() throws {
    try reporting {
      var session = AskTellSession(
        AskTellStrategy(sampler: sampler.map(SamplerConfiguration.init), scheduler: scheduler.kind))
      try converse(with: &session)
    }
  }
}

/// A scheduler by its name, or whichever suits the session.
enum SchedulerChoice {
  case auto
  case only(SchedulerConfiguration.Kind)

  init(named name: String) throws { self = name == "auto" ? .auto : .only(try named(name)) }

  var kind: SchedulerConfiguration.Kind? {
    if case .only(let kind) = self { kind } else { nil }
  }
}
