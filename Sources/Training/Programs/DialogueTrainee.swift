internal import Foundation
internal import JSON
public import MPI
internal import Processes

/// A trial of a program in a dialogue: every rank of the group, or the first one, has a process that trains a unit of
/// the budget when it is told to, gives and takes its state, and says what is in force.
///
/// The process lives on when the trial ends, and takes the next one.
public final class DialogueTrainee: Trainee {
  let place: ProgramPlace
  let peers: TrainerPeers
  private(set) var conversation: Conversation
  private(set) var configuration: ProgramConfiguration
  private var trial: Int
  var progress = Progress()
  /// What the next thing asked begins with.
  private var next = Next.begin
  /// Of the last unit trained, on this rank.
  private var metrics: [String: Double] = [:]
  /// As this rank's program last read them back.
  private var effective: [String: HyperparameterValue] = [:]
  /// Whether it went on from a state, and has trained since.
  var (isClone, hasTrained) = (false, false)
  /// Whether the program can be left to the next trial.
  private var isSound = true

  private enum Next {
    /// The program is told of a trial that it does not know.
    case begin
    /// It has one of which only live hyperparameters differ, and gets its state next.
    case restore
    case nothing
  }

  /// A trial that is not begun, on programs that wait. Collective over `group`.
  ///
  /// - Throws: `TrainingError.library` or `.place` where a program cannot be started, or does not answer.
  public init(
    _ configuration: ProgramConfiguration, trial: Int, at place: ProgramPlace,
    on group: borrowing Communicator
  ) throws(TrainingError) {
    self.configuration = configuration
    self.trial = trial
    self.place = place
    peers = try TrainerPeers(group)
    conversation = try place.conversation(of: peers, configuration)
  }

  deinit {
    if isSound { place.idle = conversation } else { conversation.abandon() }
  }

  /// Makes this the trial of another job, which is restored next. Collective.
  ///
  /// - Returns: true: a program takes any trial.
  public func takeUp(_ configuration: ProgramConfiguration, trial: Int) throws(TrainingError) -> Bool {
    let alive = try peers.sum([conversation.isReady ? 1 : 0])
    guard Int(alive[0]) == peers.ranks else { return false }
    let isAlike = try peers.shared(peers.isRoot && isLiveChange(to: configuration))
    (self.configuration, self.trial) = (configuration, trial)
    (progress, metrics, effective) = (Progress(), [:], [:])
    (isClone, hasTrained) = (false, false)
    next = isAlike ? .restore : .begin
    return true
  }

  /// Whether the objects that the program has will do for other values: all that differ are such as it has read
  /// back from what is running, and so can set there.
  private func isLiveChange(to wanted: ProgramConfiguration) -> Bool {
    guard let held = conversation.held, conversation.state != .none else { return false }
    let names = Set(held.keys).union(wanted.hyperparameters.keys)
    let changed = names.filter { held[$0] != wanted.hyperparameters[$0] }
    return changed.isSubset(of: effective.keys) && changed.isDisjoint(with: wanted.fixed)
  }

  public var description: TraineeDescription { configuration.description }
  public var budget: Int { progress.budget }

  // MARK: Training

  public func train(to target: Int, isInterrupted: () -> Bool) throws(TrainingError) -> TrainingPause {
    try train(to: target, isInterrupted: isInterrupted) { false }
  }

  public func train(
    to target: Int, isInterrupted: () -> Bool, meanwhile: () -> Bool
  ) throws(TrainingError) -> TrainingPause {
    try begin()
    let start = ContinuousClock.now
    while progress.budget < target {
      let unit = progress.budget + 1
      let answer = try ask(DialogueMessage(do: "train", ["to": .integer(unit)]), for: "reached") {
        // Nothing of a unit can be saved before its end.
        _ = meanwhile()
        return self.configuration.limits.seconds > 0
          && ContinuousClock.now - start > .seconds(self.configuration.limits.seconds)
      }
      try peers.together { () throws(TrainingError) in try take(answer, of: unit) }
      progress.budget = unit
      progress.step += 1
      let isAnyInterrupted = try peers.sum([isInterrupted() ? 1 : 0])[0] > 0
      if isAnyInterrupted, progress.budget < target { return .interrupted }
    }
    return .reachedTarget
  }

  private func take(_ answer: DialogueMessage?, of unit: Int) throws(TrainingError) {
    guard let answer else { return }
    guard answer.integer("budget") == unit else {
      throw DialogueMessage.unexpected(
        "budget \(unit) in reached", answer.integer("budget").map(String.init) ?? "none")
    }
    hasTrained = true
    metrics = try answer.numbers("metrics")
    effective = try answer.hyperparameters("effective")
  }

  public func measure() throws(TrainingError) -> Measurement {
    try peers.measurement(of: metrics, configuration, at: progress.budget)
  }

  // MARK: Hyperparameters

  public func set(_ values: [String: HyperparameterValue]) throws(TrainingError) {
    let wanted = try configuration.settingLive(values)
    configuration = wanted
    guard next == .nothing else { return }
    try ready(
      try ask(
        DialogueMessage(do: "set", ["configuration": DialogueMessage.values(wanted.hyperparameters)]),
        for: "ready"))
  }

  /// As planned, but for what the program has read back.
  public func effectiveHyperparameters() throws(TrainingError) -> [String: HyperparameterValue] {
    try begin()
    try requireAlike()
    let known = Set(configuration.hyperparameters.keys)
    let open = configuration.description.liveNames.intersection(configuration.searched).subtracting(
      effective.keys)
    if isClone, hasTrained, peers.isRoot, !open.isEmpty {
      place.warnOnce(
        "not verified to be in force, because the script does not read it back (trial.apply, trial.in_force): "
          + open.sorted().joined(separator: ", "), about: "read back")
    }
    let readBack = try peers.shared(effective.filter { known.contains($0.key) })
    return configuration.hyperparameters.merging(readBack) { _, found in found }
  }

  public var namesReadBack: Set<String>? { Set(effective.keys) }

  /// Every rank trains under the same values. Collective.
  private func requireAlike() throws(TrainingError) {
    let mine = effective.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let roots = String(decoding: try peers.broadcast(Array(mine.utf8)), as: UTF8.self)
    try peers.together { () throws(TrainingError) in
      guard conversation.script != nil, mine != roots else { return }
      throw .invalid(
        subject: "the program on rank \(peers.rank)", expected: "the first rank's values in force, \(roots)",
        found: mine, remedy: "Decide nothing of a configuration in the script: every rank is told the same.")
    }
  }

  // MARK: The dialogue

  /// Begins the trial, if that is still to be done.
  func begin(from state: StateMemory? = nil) throws(TrainingError) {
    if next == .nothing && state == nil { return }
    let word = next == .restore || next == .nothing ? "restore" : "begin"
    let message = try peers.together { () throws(TrainingError) -> DialogueMessage? in
      guard let script = conversation.script else { return nil }
      script.output.log(to: place.log(of: trial, rank: peers.rank))
      return DialogueMessage(
        do: word,
        [
          "trial": .integer(trial), "seed": .integer(place.seed(of: trial)),
          "configuration": DialogueMessage.values(configuration.hyperparameters),
          "directory": .text(try place.directory(of: trial)), "budget": .integer(progress.budget),
          "state": state?.file.map { .text($0.path) } ?? .null,
        ])
    }
    try ready(try answerToBeginning(message))
    conversation.held = configuration.hyperparameters
    next = .nothing
  }

  /// Where a program fails by what it runs after an earlier trial, another program is asked.
  private func answerToBeginning(_ message: DialogueMessage?) throws(TrainingError) -> DialogueMessage? {
    do throws(TrainingError) {
      return try ask(message, for: "ready")
    } catch {
      guard case .library = error else { throw error }  // the same on all ranks
      let isOfAnother = conversation.script?.trialOfError.map { $0 != trial } ?? false
      guard try peers.sum([isOfAnother ? 1 : 0])[0] > 0 else { throw error }
      if peers.isRoot {
        place.warnOnce(
          "a script fails by what it runs after a trial, and is started anew: \(error)", about: "afterwards")
      }
      conversation.abandon()
      conversation = try place.conversation(of: peers, configuration)
      conversation.script?.output.log(to: place.log(of: trial, rank: peers.rank))
      return try ask(message?.asBeginning, for: "ready")
    }
  }

  private func ready(_ answer: DialogueMessage?) throws(TrainingError) {
    try peers.together { () throws(TrainingError) in
      guard let answer else { return }
      guard answer.integer("budget") == progress.budget else {
        throw DialogueMessage.unexpected(
          "budget \(progress.budget) in ready", answer.integer("budget").map(String.init) ?? "none")
      }
      effective = try answer.hyperparameters("effective")
      guard let text = answer.text("state") else { return }
      guard let state = Conversation.StateKind(rawValue: text) else {
        throw DialogueMessage.unexpected("same, own or none as the state of ready", text)
      }
      // The only program of a group has all of the state.
      conversation.state = state == .own && configuration.processes == .group ? .same : state
    }
  }

  /// Says something to the programs and waits for the answers. Collective.
  ///
  /// - Parameters:
  ///   - message: nil on a rank that says nothing.
  ///   - isOver: called while waiting; true ends the trial, because it takes too long.
  /// - Returns: the answer; nil on a rank that said nothing.
  func ask(
    _ message: DialogueMessage?, for word: String, isOver: () -> Bool = { false }
  ) throws(TrainingError) -> DialogueMessage? {
    var answer: DialogueMessage?
    isSound = false
    try peers.together { () throws(TrainingError) in
      if let message { try conversation.script?.tell(message) }
    }
    let limits = configuration.limits
    let waiting = try peers.wait(meanwhile: isOver) { () throws(TrainingError) in
      guard let message, let script = conversation.script else { return true }
      answer = try script.answer(to: "it was told to \(message.action)", limits)
      return answer != nil
    }
    try peers.together { () throws(TrainingError) in
      if waiting == .givenUp {
        throw .library(
          "expected to train for at most \(short(limits.seconds)) s, found no end after that time")
      }
      if let answer, answer.word != word {
        throw DialogueMessage.unexpected("\(word) as the answer", answer.word)
      }
    }
    isSound = true
    return answer
  }
}
