import Foundation
import Search
import Testing
import Tuner

@testable import Exports

/// What a view holds, without any other program.
@Suite struct ViewTests {
  @Test(arguments: ["halving/journal", "objectives/journal", "population/journal", "population/finished"])
  func `a view is the same whenever it is made, and of every job`(name: String) throws {
    let golden = try GoldenStudy(name)
    defer { golden.remove() }
    for format in ExportFormats.all {
      let files = try format.files(of: golden.study, at: "/place")
      #expect(files == (try format.files(of: golden.study, at: "/place")))
      #expect(!files.isEmpty && files.allSatisfy { $0.isFolder == $0.bytes.isEmpty || $0.path.contains("/tags/") })
      #expect(Set(files.map(\.path)).count == files.count)
    }
    let table = String(decoding: JobsFormat.files(of: golden.study, at: "")[0].bytes, as: UTF8.self)
    #expect(table.components(separatedBy: "\r\n").count == golden.study.jobs.count + 2)
  }

  @Test func `names of formats differ`() {
    #expect(Set(ExportFormats.all.map { $0.name }).count == ExportFormats.all.count)
    #expect(Set(ExportFormats.all.map { $0.output }).count == ExportFormats.all.count)
  }

  /// By protobuf's own example: field 1, the integer 150; field 2, "testing".
  @Test func `a message has the bytes of the encoding's specification`() {
    let message = ProtocolBuffer {
      $0.add(1, 150)
      $0.add(2, "testing")
    }
    #expect(message.bytes == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8))
    #expect(ProtocolBuffer { $0.add(3, -1) }.bytes == [0x18] + Array(repeating: 0xFF, count: 9) + [0x01])
  }

  @Test func `a group's slices follow each other`() throws {
    let golden = try GoldenStudy("population/finished")
    defer { golden.remove() }
    let bytes = try TraceFormat.files(of: golden.study, at: "")[0].bytes
    let document = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let events = try #require(document["traceEvents"] as? [[String: Any]])
    let slices = events.filter { $0["ph"] as? String == "X" }
    #expect(slices.count == golden.study.jobs.count { $0.end != nil })
    for (_, track) in Dictionary(grouping: slices, by: { $0["tid"] as? Int }) {
      let spans = try track.map {
        (start: try #require($0["ts"] as? Double), length: try #require($0["dur"] as? Double))
      }.sorted { $0 < $1 }
      for (first, second) in zip(spans, spans.dropFirst()) {
        #expect(first.start + first.length <= second.start)
      }
    }
  }

  /// A program names its metrics as it likes.
  @Test func `no name leads a file of MLflow's anywhere else`() throws {
    let header = try #require(
      try JournalContents.read(
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
          .appending(path: "../TunerRankTests/Golden/population/finished.jsonl").path))
    var journal = try Journal(inMemoryAfter: [])
    let names = ["loss", "loss/val", "../params/lr", "f1(macro)", "f1[macro]", ".", "größe"]
    for line in header.lines {
      var record = line.record
      if case .outcome(var outcome) = record {
        for place in outcome.measurements.indices {
          for name in names { outcome.measurements[place].metrics[name] = 1 }
        }
        record = .outcome(outcome)
      }
      try journal.append([record], at: line.time)
    }
    let study = try ExportedStudy(JournalContents(bytes: journal.bytes, path: "journal.jsonl"))
    let paths = try MLflowFormat.files(of: study, at: "/a place#1").map(\.path)
    #expect(Set(paths).count == paths.count)
    let metrics = paths.filter { $0.contains("/metrics/") && !$0.hasSuffix("/") }
    #expect(
      metrics.allSatisfy {
        $0.split(separator: "/").count == 4 && $0.contains(/^[\w\/.\- :]+$/) && !$0.contains("/.")
      })
    #expect(
      metrics.count % study.history.trials.count == 0
        && metrics.count >= names.count * study.history.trials.count)
    let experiment = try #require(try MLflowFormat.files(of: study, at: "/a place#1").first)
    #expect(String(decoding: experiment.bytes, as: UTF8.self).contains("file:///a%20place%231/"))
  }
}
