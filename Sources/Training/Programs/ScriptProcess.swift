internal import Glibc
internal import MPI
internal import Processes

/// A program on one rank: the process, what it prints, and the line to it where it speaks the dialogue.
final class ScriptProcess {
  private let process: ChildProcess
  let output: ProcessOutput
  private let channel: LineChannel?
  /// Such as `python3 on rank 1`.
  let name: String
  private var lastMessage = ContinuousClock.now
  private let start = ContinuousClock.now
  /// At its memory.
  private var lastLook = ContinuousClock.now

  /// How long a program that was asked to end may take before it is killed.
  static let secondsToEnd = 3.0
  private static let millisecondsOfWaiting: Int32 = 5

  /// - Parameters:
  ///   - rank: in its group.
  ///   - isDialogue: whether it gets a line.
  ///   - log: of what it prints; nil for none.
  ///   - line: called for every line that it prints, by another thread.
  /// - Throws: `TrainingError.library` where it does not start.
  init(
    _ command: [String], rank: Int, environment: [String: String], directory: String?, isDialogue: Bool,
    log: String?, line: (@Sendable (String) -> Void)? = nil
  ) throws(TrainingError) {
    name = "\(command.first ?? "") on rank \(rank)"
    do throws(ProcessError) {
      let output = try ProcessOutput(line: line)
      output.log(to: log)
      defer { output.ends.closeBoth() }
      let channel = isDialogue ? try LineChannel() : nil
      var environment = environment
      if isDialogue { environment["TUNER_MPI_DIALOGUE"] = "3,4" }
      process = try ChildProcess(
        ChildProcess.Start(
          command, environment: environment, directory: directory,
          descriptors: [nil, output.ends.output, output.ends.error]
            + (channel.map { [$0.otherEnd, $0.otherEnd] } ?? [])))
      channel?.closeOther()
      self.output = output
      self.channel = channel
    } catch {
      throw .place(
        subject: name, expected: "to be started", found: error.description,
        remedy:
          "Look at this host, or correct trainee.command: a script needs a first line such as #!/bin/sh.")
    }
  }

  var isRunning: Bool { process.ending == nil }

  /// Waits until it ends by itself, which it was asked to do; not for ever.
  func finish() { process.wait(within: Self.secondsToEnd) }

  /// Ends it with all that it has started, and waits until it has.
  func end(within seconds: Double = ScriptProcess.secondsToEnd) {
    process.end(within: seconds)
    output.finish(within: 1)
  }

  // MARK: The dialogue

  /// Says something.
  ///
  /// - Throws: `TrainingError.library` where it does not listen any more.
  func tell(_ message: DialogueMessage) throws(TrainingError) {
    lastMessage = .now
    guard let channel else { preconditionFailure("\(name) speaks no dialogue") }
    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
    if channel.send(message.line, meanwhile: { isRunning && ContinuousClock.now < deadline }) { return }
    throw ending(while: "it was told to \(message.action)")
  }

  /// Its next answer, if that comes within some milliseconds.
  ///
  /// - Parameter action: what it is doing, for errors.
  /// - Throws: `TrainingError` where it ends, complains, says what is no message, or is silent for too long.
  func answer(to action: String, _ limits: ProgramLimits) throws(TrainingError) -> DialogueMessage? {
    guard let channel else { preconditionFailure("\(name) speaks no dialogue") }
    switch channel.receive(waiting: Self.millisecondsOfWaiting) {
    case .line(let line):
      lastMessage = .now
      let message = try DialogueMessage(answer: line)
      switch message.word {
      case "report", "alive": return nil
      case "error": throw error(message)
      default: return message
      }
    case .tooLong(let first):
      throw DialogueMessage.unexpected(
        "a line of at most \(LineChannel.longestLine) bytes", DialogueMessage.excerpt(first))
    case .end: throw ending(while: action)
    case .nothing:
      try checkLimits(while: action, limits)
      return nil
    }
  }

  /// Whether it has said nothing that it was not asked for.
  var isQuiet: Bool {
    while true {
      switch channel?.receive(waiting: 0) {
      case .line(let line):
        let word = (try? DialogueMessage(answer: line))?.word
        if word != "report" && word != "alive" { return false }
      case .end, .tooLong: return false
      case .nothing, nil: return true
      }
    }
  }

  /// The trial that its last complaint was about, where it named one.
  private(set) var trialOfError: Int?

  private func error(_ message: DialogueMessage) -> TrainingError {
    trialOfError = message.integer("trial")
    let text = message.text("message") ?? "an error without a message"
    switch message.text("kind") {
    case "place":
      return .place(
        subject: name, expected: "what the program needs", found: text,
        remedy: "Look at this host, or at what the program asks for.")
    case "state":
      return .invalid(
        subject: "the program's state", expected: "one that \(name) can restore", found: text,
        remedy: "Keep the architecture's hyperparameters fixed: name them in trainee.fixed.")
    default: return .library("\(name): \(text)")
    }
  }

  // MARK: Ends

  /// How a plain command ended; nil while it runs.
  ///
  /// - Throws: `TrainingError.library` for any ending but code 0, and where it is silent for too long.
  func isDone(_ limits: ProgramLimits) throws(TrainingError) -> Bool {
    guard let ending = process.ending else {
      try checkLimits(while: "it trained", limits)
      // Soon seen where it is short, and of no weight where it is long.
      let age = (ContinuousClock.now - start) / .microseconds(1)
      usleep(UInt32(min(5000, max(200, age / 20))))
      return false
    }
    // Whatever it has started keeps its pipes open.
    end(within: 0)
    if ending == .exited(code: 0) { return true }
    throw self.ending(while: "it trained")
  }

  private func checkLimits(while action: String, _ limits: ProgramLimits) throws(TrainingError) {
    try checkMemory(while: action, limits)
    guard limits.secondsOfSilence > 0 else { return }
    let silence = ContinuousClock.now - max(lastMessage, output.lastWord)
    if silence > .seconds(limits.secondsOfSilence) {
      throw .library(
        "\(name): expected a word within \(short(limits.secondsOfSilence)) s while \(action), found silence"
          + lastWords)
    }
  }

  /// Looks once a second, where there is a limit.
  private func checkMemory(while action: String, _ limits: ProgramLimits) throws(TrainingError) {
    guard limits.memory > 0, ContinuousClock.now - lastLook > .seconds(1) else { return }
    lastLook = .now
    let bytes = process.memory
    guard bytes > limits.memory else { return }
    throw .memory(
      subject: name, expected: "at most \(HostMemory.text(limits.memory)), by trainee.limits.memory",
      found: "\(HostMemory.text(bytes)) while \(action)",
      remedy: "Narrow the search space, or raise the limit.")
  }

  /// Why it says nothing more.
  private func ending(while action: String) -> TrainingError {
    // Its end comes a moment after that of its line.
    let deadline = ContinuousClock.now.advanced(by: .seconds(1))
    while process.ending == nil, ContinuousClock.now < deadline { usleep(1000) }
    var how = process.ending.map { "it \($0)" } ?? "it closed the dialogue"
    if process.ending == .killed(signal: SIGKILL) { how += ", perhaps by the system for want of memory," }
    end(within: 0)
    return .library("\(name): \(how) while \(action)\(lastWords)")
  }

  /// The last lines that it printed, for a reason.
  private var lastWords: String {
    let lines = output.lastLines(1000).split(whereSeparator: \.isNewline).suffix(4)
    let words = lines.filter { !$0.allSatisfy { " ^~".contains($0) } }.map { $0.prefix(300) }
    return words.isEmpty ? "" : "; its last words: " + words.joined(separator: " | ")
  }
}

extension DialogueMessage {
  /// For errors: `train to 5`, `begin trial 3`.
  var action: String {
    switch doing {
    case "train": "train to \(integer("to") ?? 0)"
    case "begin", "restore": "\(doing) trial \(integer("trial") ?? 0)"
    default: doing
    }
  }
}

/// Without a fraction of zeros.
func short(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? String(number) }
