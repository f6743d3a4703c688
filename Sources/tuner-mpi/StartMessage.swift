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

  /// Rank 0 prepares, the others hear of it. Collective over `world`.
  ///
  /// - Throws: on every rank, when rank 0 could not: its error there, the bare exit code elsewhere.
  init(sharedOver world: borrowing Communicator, preparing prepare: () throws -> StartMessage) throws {
    guard world.isRoot else {
      let word = try JSONDecoder().decode(Word.self, from: Data(world.broadcastBytes(nil)))
      if let code = word.exitCode { throw ExitCode(code) }
      guard let message = word.message else { throw Exit.defect }
      self = message
      return
    }
    do {
      self = try reporting(prepare)
    } catch let code as ExitCode {
      _ = try world.broadcastBytes([UInt8](JSONEncoder().encode(Word(exitCode: code.rawValue))))
      throw code
    }
    _ = try world.broadcastBytes([UInt8](JSONEncoder().encode(Word(message: self))))
  }

  /// Rank 0 does what only it can do, the others hear whether it could. Collective over `world`.
  ///
  /// - Throws: on every rank, when rank 0 could not: its error there, the bare exit code elsewhere.
  static func onRoot(of world: borrowing Communicator, _ body: () throws -> Void) throws {
    guard world.isRoot else {
      let word = try JSONDecoder().decode(Word.self, from: Data(world.broadcastBytes(nil)))
      if let code = word.exitCode { throw ExitCode(code) }
      return
    }
    do {
      try reporting(body)
    } catch let code as ExitCode {
      _ = try world.broadcastBytes([UInt8](JSONEncoder().encode(Word(exitCode: code.rawValue))))
      throw code
    }
    _ = try world.broadcastBytes([UInt8](JSONEncoder().encode(Word())))
  }

  private struct Word: Codable {
    var message: StartMessage?
    var exitCode: Int32?
  }
}
