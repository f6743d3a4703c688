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
        {"op":"state"}
        {"op":"quit"}

      With an experiment file the study is the one that it describes, and begins without init. docs/suggest.md has \
      the whole protocol.
      """)

  @Argument(
    help: "An experiment file, whose search section and objective take the place of init.",
    completion: .experiment)
  var experiment: String?

  @Option(
    help: ArgumentHelp(
      """
      How trials are proposed: \(names(SamplerConfiguration.Kind.self)). Without it tpe under bohb, and auto otherwise.
      """, valueName: "name"),
    completion: .names(of: SamplerConfiguration.Kind.self), transform: { try named($0) })
  var sampler: SamplerConfiguration.Kind?

  @Option(
    help: ArgumentHelp(
      """
      How far each trial is trained: auto, \(names(SchedulerConfiguration.Kind.self)). auto trains whole runs, or by \
      asynchronous Hyperband if init names a fidelity.
      """, valueName: "name"),
    completion: .list(["auto"] + SchedulerConfiguration.Kind.allCases.map(\.rawValue)),
    transform: SchedulerChoice.init(named:))
  var scheduler = SchedulerChoice.auto

  @Option(help: "Replaces the experiment file's seed.")
  var seed: UInt64?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replaces a value of the experiment file, such as search.sampler=tpe.", valueName: "key=value"))
  var settings: [String] = []

  func validate() throws {
    guard let experiment else {
      guard seed == nil, settings.isEmpty else {
        throw ValidationError(
          "\(seed == nil ? "--set" : "--seed"): expected an experiment file to change, found none. Name one, or "
            + "say it in init.")
      }
      return
    }
    try requirePath(experiment, for: "EXPERIMENT")
    guard sampler == nil, scheduler.kind == nil else {
      throw ValidationError(
        "\(sampler == nil ? "--scheduler" : "--sampler"): expected nothing, because \(experiment) says it, found a "
          + "name. Write --set search.\(sampler == nil ? "scheduler" : "sampler")=NAME.")
    }
  }

  func run() throws {
    try reporting {
      let strategy = AskTellStrategy(
        sampler: sampler.map(SamplerConfiguration.init), scheduler: scheduler.kind,
        readingStudiesBy: readStudies)
      var session: AskTellSession
      if let experiment {
        let settings = settings + (seed.map { ["seed=\($0)"] } ?? [])
        session = try AskTellSession(
          of: AskTellExperiment(at: experiment, settings: settings), otherwise: strategy)
      } else {
        session = AskTellSession(strategy)
      }
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
