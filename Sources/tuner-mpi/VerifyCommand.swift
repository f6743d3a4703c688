import ArgumentParser
import Foundation
import Tuner

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads what a run goes on from, and names what is damaged and what that means.",
    discussion: """
      The journal line by line, every array of every checkpoint against its checksum, population.h5 and test.json; not \
      the report, the tables, study.yaml and what was set aside. Exits with 0 when all is whole, 65 when something is \
      damaged, and 71 when something could not be read. Changes nothing, and may be used while the run is at work: then \
      nothing is said of checkpoints that are not there.
      """)

  @Argument(help: "The run directory.", completion: .directory)
  var directory: String

  func run() throws {
    let directory = RunDirectory(path: directory)
    let verification = try reporting {
      try directory.requireRun()
      var verification = try Verification(
        ofRunIn: directory.path,
        isAtWork: {
          if case .program = RunLock.holder(of: directory.path, seenFrom: .current()) { true } else { false }
        })
      verification.take(
        "population.h5", of: directory,
        meaning: verification.isFinished
          ? "no training needs it: the study is finished, and its journal has who was in the population"
          : "no training needs it: the next generation replaces it"
      ) { () throws(TunerError) in try PopulationFile.verify(directory.population) }
      verification.take(
        "test.json", of: directory,
        meaning: "what the test split said is lost; move the file away to measure again"
      ) { () throws(TunerError) in _ = try directory.testResult() }
      return verification
    }
    for finding in verification.findings {
      print("damaged: \(finding.path): \(finding.problem)")
      print("  which means: \(finding.meaning)")
    }
    for file in verification.unread { print("could not be read: \(file)") }
    for note in verification.notes { print("note: \(note)") }
    let megabytes = String(format: "%.1f", Double(verification.wholeBytes) / 1e6)
    let unread = verification.unread.isEmpty ? "" : ", \(verification.unread.count) not read"
    print(
      "\(verification.wholeFiles) files (\(megabytes) MB) whole, \(verification.findings.count) damaged or missing"
        + unread)
    if !verification.findings.isEmpty { throw Exit.damaged }
    if !verification.isWhole { throw Exit.system }
  }
}

extension Verification {
  /// Reads a file that may not be there.
  fileprivate mutating func take(
    _ name: String, of directory: RunDirectory, meaning: String, reading read: () throws(TunerError) -> Void
  ) {
    let path = "\(directory.path)/\(name)"
    guard FileManager.default.fileExists(atPath: path) else { return }
    do throws(TunerError) {
      // Asked first: what is not allowed to be read is no damage.
      if access(path, R_OK) != 0 {
        throw TunerError(
          .system, subject: path, expected: "a file that can be read",
          found: String(cString: strerror(errno)), remedy: "Check its permissions.")
      }
      try read()
      take(name, in: directory.path, nil, meaning: meaning)
    } catch {
      take(name, in: directory.path, error, meaning: meaning)
    }
  }
}
