import Foundation
import Testing

@testable import Tuner

/// No message shows the domains and types of a library's errors.
@Suite struct SystemWordsTests {
  private static func words(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return systemWords(error)
    }
  }

  @Test func `failures of files are told in words`() throws {
    let directory = try TemporaryDirectory()
    let missing = directory.path + "/no/such"
    #expect(Self.words { _ = try Data(contentsOf: URL(fileURLWithPath: missing)) }.hasPrefix("no such file"))
    #expect(Self.words { try FileManager.default.removeItem(atPath: missing) }.hasPrefix("no such file"))
    let long = directory.path + "/" + String(repeating: "a", count: 300)
    let found = Self.words {
      try FileManager.default.createDirectory(atPath: long, withIntermediateDirectories: true)
    }
    #expect(!found.contains("NSCocoa") && !found.contains("could not be completed"), "\(found)")
  }

  @Test func `a number that JSON cannot hold is named with its place`() {
    let found = Self.words { _ = try JSONEncoder().encode(["a": [1, Double.infinity]]) }
    #expect(found.hasPrefix("inf"), "\(found)")
    #expect(!found.contains("EncodingError") && !found.contains("CodingKey"), "\(found)")
  }

  @Test func `a study that no journal can hold is refused in words`() {
    var study = Study.test()
    study.secondsBetweenMidJobCheckpoints = .nan
    #expect {
      _ = try Controller(study, after: nil)
    } throws: { error in
      "\(error)"
        == "study test: expected numbers that are finite, to be written to the journal, found nan at "
        + "secondsBetweenMidJobCheckpoints. Look for an infinite or undefined number in the experiment."
    }
  }
}
