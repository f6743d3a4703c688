import Foundation
import MPI

// Checks that cost messages: switched on by TUNER_ASSERTIONS=communicating, as all rank tests do.
extension TrialGroup {
  static let isAsserting = ProcessInfo.processInfo.environment["TUNER_ASSERTIONS"] == "communicating"

  /// Checks that all ranks say the same: the job, the step, the hyperparameters in force. Collective; does nothing where
  /// such checks are switched off.
  ///
  /// - Throws: `JobFailure.fault`, a defect, on every rank, with the words of the first that differs from the root.
  func assertAlike(_ words: @autoclosure () -> String) throws(JobFailure) {
    guard Self.isAsserting, communicator.size > 1 else { return }
    let mine = words()
    let roots: String = try share(mine)
    let difference = "the root \(roots), \(communicator.rank) \(mine)"
    try agree(
      mine == roots
        ? nil
        : .fault(
          Fault(
            .defect,
            TunerError(
              .defect, subject: "the ranks of \(id)",
              expected: "the same job, step and hyperparameters on all", found: difference,
              remedy: "Report this as a bug."))))
  }
}
