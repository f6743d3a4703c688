internal import Processes

// Conversations with the programs of a group.
extension ProgramPlace {
  /// The programs that the group's ranks have, if they are all there and of this group, else new ones. Collective.
  ///
  /// - Throws: `TrainingError.library` or `.place` where a program does not start, or does not say hello.
  func conversation(
    of peers: TrainerPeers, _ configuration: ProgramConfiguration
  ) throws(TrainingError) -> Conversation {
    if let found = try idleConversation(of: peers) { return found }
    idle?.end()
    idle = nil
    let number = try peers.shared(peers.isRoot ? UInt64.random(in: 1...UInt64.max) : 0)
    let seat = try seat(among: peers)
    let script = try peers.together { () throws(TrainingError) -> ScriptProcess? in
      guard peers.isRoot || configuration.processes == .rank else { return nil }
      return try start(configuration, at: seat, loggingTo: logOfStart)
    }
    let conversation = Conversation(number: number, script)
    do throws(TrainingError) {
      try greet(conversation, peers, configuration)
    } catch {
      conversation.abandon()
      throw error
    }
    return conversation
  }

  private func idleConversation(of peers: TrainerPeers) throws(TrainingError) -> Conversation? {
    let mine = idle.flatMap { $0.isReady ? $0.number : nil } ?? 0
    let roots = try peers.shared(mine)
    guard Int(try peers.sum([mine == roots && mine != 0 ? 1 : 0])[0]) == peers.ranks else { return nil }
    defer { idle = nil }
    return idle
  }

  /// Where the group's processes can meet; nil for one rank.
  func meeting(of peers: TrainerPeers) throws(TrainingError) -> (host: String, port: Int)? {
    guard peers.ranks > 1 else { return nil }
    let found = findMeeting(isOneHost: Set(peers.hosts).count == 1)
    let words = try peers.shared("\(found.host) \(found.port)").split(separator: " ")
    guard words.count == 2, let port = Int(words[1]) else { return nil }
    return (String(words[0]), port)
  }

  /// Starts a program on this rank.
  ///
  /// - Parameters:
  ///   - seat: of a program on every rank; one for the group is alone.
  ///   - value: what else a placeholder of the command stands for.
  func start(
    _ configuration: ProgramConfiguration, at seat: GroupSeat, loggingTo log: String?,
    filling value: (String) -> String? = { _ in nil }, line: (@Sendable (String) -> Void)? = nil
  ) throws(TrainingError) -> ScriptProcess {
    let seat = configuration.processes == .group ? alone : seat
    let places = ["rank": String(seat.rank), "ranks": String(seat.ranks)]
    var command: [String] = []
    for argument in configuration.command {
      command.append(try ProgramText(argument).filled { places[$0] ?? value($0) })
    }
    return try ScriptProcess(
      command, rank: seat.rank, environment: environment(at: seat), directory: configuration.directory,
      isDialogue: configuration.isDialogue, log: log, line: line)
  }

  /// The first words each way.
  private func greet(
    _ conversation: Conversation, _ peers: TrainerPeers, _ configuration: ProgramConfiguration
  ) throws(TrainingError) {
    let isGroups = configuration.processes == .group
    let hello = DialogueMessage(
      do: "hello",
      [
        "version": .integer(DialogueMessage.version), "study": .text(study),
        "rank": .integer(isGroups ? 0 : peers.rank), "ranks": .integer(isGroups ? 1 : peers.ranks),
        "settings": DialogueMessage.values(configuration.settings),
        "searched": .array(configuration.searched.map { .text($0) }),
      ])
    try peers.together { () throws(TrainingError) in try conversation.script?.tell(hello) }
    let start = ContinuousClock.now
    var answer: DialogueMessage?
    _ = try peers.wait { () throws(TrainingError) in
      guard let script = conversation.script else { return true }
      answer = try script.answer(to: "it started", ProgramLimits.none)
      let limit = configuration.limits.secondsToStart
      if answer == nil, limit > 0, ContinuousClock.now - start > .seconds(limit) {
        throw .library(
          "\(script.name): expected its first word within \(short(limit)) s, found none: does the script call "
            + "tuner_mpi.trials()?")
      }
      return answer != nil
    }
    try peers.together { () throws(TrainingError) in
      if let answer { try check(answer, configuration) }
    }
  }

  private func check(_ hello: DialogueMessage, _ configuration: ProgramConfiguration) throws(TrainingError) {
    guard hello.word == "hello", hello.integer("version") == DialogueMessage.version else {
      throw DialogueMessage.unexpected(
        "hello of version \(DialogueMessage.version)",
        "\(hello.word) of version \(hello.integer("version").map(String.init) ?? "none")")
    }
    guard let known = hello.names("hyperparameters") else { return }
    let names = configuration.searched + configuration.settings.keys.sorted()
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw .place(
        subject: "the script", expected: "the hyperparameter \(unknown), which the experiment names",
        found: "only \(known.joined(separator: ", "))",
        remedy: "Give it to tuner_mpi.trials(...), or correct the name in the experiment.")
    }
  }
}

extension ProgramLimits {
  /// No limits.
  static var none: Self {
    var limits = Self()
    limits.secondsToStart = 0
    return limits
  }
}

extension ProgramConfiguration {
  /// The metrics that a program reported.
  ///
  /// - Throws: `TrainingError.diverged` for one that is not finite, `.invalid` where one is missing.
  func measured(_ found: [String: Double], at budget: Int) throws(TrainingError) -> [String: Double] {
    var measured: [String: Double] = [:]
    for metric in metrics {
      guard let value = found[metric.name] else {
        throw .invalid(
          subject: "the program's metrics", expected: "\(metric.name) at budget \(budget)",
          found: found.isEmpty ? "none" : "only \(found.keys.sorted().joined(separator: ", "))",
          remedy: metric.pattern == nil
            ? "Report it by this name." : "Look in the log whether the pattern fits what the program prints.")
      }
      guard value.isFinite else { throw .diverged(step: budget, what: metric.name) }
      measured[metric.name] = value
    }
    return measured
  }
}
