import Foundation
import Testing

@testable import Tuner

/// What a run writes and deletes in its directory, while somebody puts another one in its place.
@Suite struct ReplacedDirectoryTests {
  private let place: RunFolder
  private var run: String { place.path + "/run" }

  init() throws { place = try RunFolder() }

  /// Two directories with a file of the same name.
  private func prepare() throws {
    for (directory, text) in [("run", "ours"), ("other", "theirs")] {
      let trial = "\(place.path)/\(directory)/checkpoints/trial-000001"
      try FileManager.default.createDirectory(atPath: trial, withIntermediateDirectories: true)
      try text.write(toFile: trial + "/a.h5", atomically: false, encoding: .utf8)
    }
  }

  /// Puts the other directory in the place of the run's.
  private func swap() {
    #expect(rename(run, place.path + "/moved") == 0 && rename(place.path + "/other", run) == 0)
  }

  private func text(_ path: String) -> String? {
    try? String(contentsOfFile: "\(place.path)/\(path)", encoding: .utf8)
  }

  @Test func `what is written between the question and the writing goes to the directory itself`() throws {
    try prepare()
    let held = try HeldDirectory(run)
    try held.change { anchor throws(TunerError) in
      swap()
      #expect(FileManager.default.createFile(atPath: anchor + "/b", contents: Data("ours".utf8)))
    }
    #expect(text("moved/b") == "ours" && text("run/b") == nil)
    #expect(throws: TunerError.self) { try held.change { _ in Issue.record("asked before it is changed") } }
  }

  @Test func `nothing is deleted in another directory`() throws {
    try prepare()
    let deletion = try FileDeletion(runDirectory: run)
    let goOn = deletion.pause()
    try deletion.delete("checkpoints/trial-000001/a.h5")
    try deletion.sweep(keeping: [], unfinished: [])
    swap()
    goOn()
    let error = #expect(throws: TunerError.self) { try deletion.wait() }
    #expect(error?.subject == run && error?.found == "another directory in its place")
    #expect(text("run/checkpoints/trial-000001/a.h5") == "theirs")
  }

  @Test func `an error names the directory by its path`() throws {
    try prepare()
    let held = try HeldDirectory(run)
    let error = #expect(throws: TunerError.self) {
      try held.change { anchor throws(TunerError) in
        throw TunerError(.system, subject: anchor + "/b", expected: "it", found: "no \(anchor)/b", remedy: "")
      }
    }
    #expect(error?.subject == run + "/b" && error?.found == "no \(run)/b")
  }
}
