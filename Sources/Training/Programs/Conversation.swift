internal import Processes

/// The programs of a group's ranks in a dialogue, as one of the ranks sees them. They live until the group ends, or
/// one of them fails.
final class Conversation {
  /// What the ranks of its group know it by.
  let number: UInt64
  /// Nil on a rank without a program.
  let script: ScriptProcess?
  /// The values that the program has been told; nil before its first trial.
  var held: [String: HyperparameterValue]?
  /// What it does with its state, as it last said.
  var state = StateKind.none

  enum StateKind: String { case same, own, none }

  init(number: UInt64, _ script: ScriptProcess?) {
    self.number = number
    self.script = script
  }

  /// Whether the next trial can have the program: it is there, and no answer waits that is too late.
  var isReady: Bool { script.map { $0.isRunning && $0.isQuiet } ?? true }

  /// Asks the program to end, and sees to it.
  func end() {
    guard let script else { return }
    if script.isRunning {
      try? script.tell(DialogueMessage(do: "end"))
      script.finish()
    }
    script.end()
  }

  /// Ends it at once: something went wrong.
  func abandon() { script?.end(within: 0.5) }
}

extension TrainerPeers {
  /// How often ranks that wait for their programs tell each other how far they are.
  private static var secondsBetweenLooks: Double { 0.25 }

  /// What became of waiting together.
  enum Waiting { case done, givenUp }

  /// Waits until something is done on every rank; when it fails on one, all of them stop waiting. Collective.
  ///
  /// - Parameters:
  ///   - meanwhile: called while waiting; true on any rank gives up, on all of them.
  ///   - isDone: asked again and again until it says true or throws; may take some milliseconds.
  /// - Throws: on every rank what the first that failed has thrown.
  func wait(
    meanwhile: () -> Bool = { false }, until isDone: () throws(TrainingError) -> Bool
  ) throws(TrainingError) -> Waiting {
    var isDoneHere = false
    while true {
      var failure: TrainingError?
      var mustStop = false
      let next = ContinuousClock.now.advanced(by: .seconds(Self.secondsBetweenLooks))
      repeat {
        do throws(TrainingError) {
          if !isDoneHere { isDoneHere = try isDone() }
        } catch { failure = error }
        mustStop = meanwhile() || mustStop
      } while !isDoneHere && failure == nil && !mustStop && ContinuousClock.now < next
      let sums = try sum([isDoneHere ? 1 : 0, failure == nil ? 0 : 1, mustStop ? 1 : 0])
      if sums[1] > 0 { try agree(failure) }
      if Int(sums[0]) == ranks { return .done }
      if sums[2] > 0 { return .givenUp }
    }
  }
}
