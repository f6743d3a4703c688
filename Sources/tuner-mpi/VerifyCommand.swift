import ArgumentParser
import Foundation
import Tuner

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads every file of a run, and names what is damaged and what that means.",
    discussion: """
      The journal line by line, every array of every checkpoint against its checksum, population.h5 and test.json. \
      Exits with 0 when all is whole and 65 when something is damaged. Changes nothing, and may be used while the run \
      is at work.
      """)

  @Argument(help: "The run directory.", completion: .directory)
  var directory: String

  func run() throws {
    let directory = RunDirectory(path: directory)
    let verification = try reporting {
      try directory.requireRun()
      let holder = RunLock.holder(of: directory.path, seenFrom: .current())
      let isAtWork = if case .program = holder { true } else { false }
      var verification = try Verification(ofRunIn: directory.path, isAtWork: isAtWork)
      verification.take(
        "population.h5", of: directory, meaning: "no training needs it: the next generation replaces it"
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
    for note in verification.notes { print("note: \(note)") }
    let megabytes = String(format: "%.1f", Double(verification.wholeBytes) / 1e6)
    print(
      "\(verification.wholeFiles) files (\(megabytes) MB) whole, \(verification.findings.count) damaged or missing"
    )
    if !verification.isWhole { throw Exit.damaged }
  }
}

extension Verification {
  /// Reads a file that may not be there.
  fileprivate mutating func take(
    _ name: String, of directory: RunDirectory, meaning: String, reading read: () throws(TunerError) -> Void
  ) {
    guard FileManager.default.fileExists(atPath: "\(directory.path)/\(name)") else { return }
    do throws(TunerError) {
      try read()
      take(name, in: directory.path, nil, meaning: meaning)
    } catch {
      take(name, in: directory.path, error, meaning: meaning)
    }
  }
}
