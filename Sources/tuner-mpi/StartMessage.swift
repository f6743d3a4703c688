import ArgumentParser
import Foundation
import MPI
import Tuner

/// What rank 0 has read and made, for all ranks: one reading of the experiment file, whatever happens to it
/// meanwhile.
struct StartMessage: Codable {
  var study: Study
  /// The experiment file with every default written out.
  var experiment: String
  /// Absolute; on a file system that all ranks see.
  var runDirectory: String

  init(study: Study, experiment: String, runDirectory: String) {
    self.study = study
    self.experiment = experiment
    self.runDirectory = runDirectory
  }

  /// Rank 0 prepares, the others hear of it, however long it takes. Collective over `world`.
  ///
  /// - Throws: on every rank, when rank 0 could not: the exit code of its error, which it has told.
  init(
    sharedOver world: borrowing Communicator, preparing prepare: @escaping () throws -> StartMessage
  ) throws {
    let word = try Word(from: world) { Word(message: try prepare()) }
    guard let message = word.message else { throw Exit.defect }
    self = message
  }

  /// Rank 0 does what only it can do, the others hear whether it could. Collective over `world`.
  ///
  /// - Throws: on every rank, when rank 0 could not: the exit code of its error, which it has told.
  static func onRoot(of world: borrowing Communicator, _ body: @escaping () throws -> Void) throws {
    _ = try Word(from: world) {
      try body()
      return Word()
    }
  }

  private struct Word: Codable {
    var message: StartMessage?
    var exitCode: Int32?

    init(message: StartMessage? = nil) { self.message = message }

    init(from world: borrowing Communicator, _ body: @escaping () throws -> Word) throws {
      let bytes = try RootWork.answer(toAllOf: world) {
        do {
          return try reporting { try [UInt8](JSONEncoder().encode(body())) }
        } catch {
          let code = error as? ExitCode ?? Exit.defect
          return Array(#"{"exitCode":\#(code.rawValue)}"#.utf8)
        }
      }
      self = try JSONDecoder().decode(Self.self, from: Data(bytes))
      if let exitCode { throw ExitCode(exitCode) }
    }
  }
}
