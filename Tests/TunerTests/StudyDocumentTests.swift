import Foundation
import JSON
import Search
import Testing
import Training

@testable import Tuner

/// How a journal keeps what a study trains.
@Suite struct StudyDocumentTests {
  /// Written by the version of 62ec6ff.
  @Test(arguments: ["population", "halving", "objectives"])
  func `the study of an earlier journal reads as it was, and is written the same`(name: String) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../TunerRankTests/Golden/\(name)/finished.jsonl").path
    let contents = try #require(try JournalContents.read(path))
    guard case .header(let header) = try #require(contents.lines.first).record else {
      Issue.record("no header")
      return
    }
    let study = try JSONDecoder().decode(Study.self, from: JSONEncoder().encode(header.study))
    #expect(study.trainee == .builtIn(TrainingConfiguration()))
    #expect(header.study.changes(to: try study.document()) == [])
    #expect(try study.document() == header.study)
  }

  @Test func `a changed device is free, a changed optimizer is not`() throws {
    let study = Study.test()
    func changes(_ change: (inout TrainingConfiguration) -> Void) throws -> [String] {
      var training = TrainingConfiguration()
      change(&training)
      var changed = study
      changed.trainee = .builtIn(training)
      return try study.document().changes(to: changed.document()).map(\.path)
    }
    #expect(try changes { $0.device = .cuda } == ["training.device"])
    #expect(try changes { $0.optimizer.kind = .sgd } == ["training.optimizer.kind"])
  }

  /// Options that an earlier version did not have, and did as one of their values does now.
  @Test func `a study of an earlier version goes on as it began`() throws {
    func changes(_ value: String) -> [StudyChange] {
      let old = JSONValue.object(["sampler": .object(["tpe": .object(["candidates": .integer(24)])])])
      let new = JSONValue.object([
        "sampler": .object(["tpe": .object(["candidates": .integer(24), "least": .text(value)])])
      ])
      return old.studyChanges(to: new)
    }
    #expect(changes("one").allSatisfy { $0.keepsRecordedWork })
    let other = try #require(changes("dimension").first)
    #expect(!other.keepsRecordedWork)
    #expect(other.undoing == "Write `least: one` in search.sampler, as this run began")
    let forecast = StudyChange(path: "scheduler.extrapolation.forecast", old: nil, new: .text("families"))
    #expect(forecast.keepsRecordedWork)
  }
}
