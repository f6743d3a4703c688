import Foundation
import Search
import Testing
import Training
import Tuner

/// A folder of one test, with earlier studies in it.
private final class Earlier {
  let path = FileManager.default.temporaryDirectory.appending(path: "earlier-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
  }

  /// A run directory of a simulated study of `x`.
  func run(_ name: String, trials: Int = 12, data: DataConfiguration = .digits) throws -> String {
    var study = Study.test(name: name)
    study.trainee.training?.data = data
    let scheduler = try FullRunScheduler(FullRunOptions(trials: trials, budget: 2))
    let remains = try Simulation(study: study, scheduler: scheduler).run()
    try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    try Data(remains.journal).write(to: URL(fileURLWithPath: "\(path)/\(name)/journal.jsonl"))
    return "\(path)/\(name)"
  }

  func write(_ text: String, to name: String) throws -> String {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    return "\(path)/\(name)"
  }
}

@Suite struct EarlierStudyTests {
  private static func study(from paths: [String], _ parameters: [Parameter]? = nil) -> Study {
    var study = Study.test()
    if let parameters { study.space = SearchSpace(parameters) }
    study.sampler = .transfer(TransferOptions(from: paths, studies: []))
    return study
  }

  private static func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `journals and tables are read, similar data first`() throws {
    let earlier = try Earlier()
    let table = try earlier.write(
      """
      trial,to_budget,outcome,metric.dev_accuracy,parameter.x,parameter.z
      0,2,reached,0.5,1,a
      1,2,reached,0.7,0.6,b
      2,2,failed,,9,b
      3,2,reached,0.6,2,a
      4,2,reached,0.6,50,a

      """, to: "trials.csv")
    var study = Self.study(from: [table, try earlier.run("digits")])
    let lines = try study.readEarlierStudies(recordedIn: nil)
    #expect(
      lines == [
        "digits (\(earlier.path)/digits): 12 of 12 measurements, by x",
        "\(table): 3 of 5 measurements, by x; nothing is known of its data",
      ])
    let studies = try #require(study.sampler.transfer?.studies)
    #expect(studies[0].costs == [-0.5, -0.7, -0.6])
    #expect(studies[0].configurations.map { $0["x"] } == [.number(1), .number(0.6), .number(2)])
    #expect(studies[1].metaFeatures == study.sampler.transfer?.metaFeatures)
    #expect(studies[1].metaFeatures?.classes == 10)
    // It survives the journal, and the first trials are the best of the earlier studies.
    let again = try JSONDecoder().decode(Study.self, from: JSONEncoder().encode(study))
    #expect(again == study)
    let scheduler = try FullRunScheduler(FullRunOptions(trials: 6, budget: 1))
    let remains = try Simulation(
      study: study, scheduler: scheduler, sampler: study.sampler.makeSampler(), groups: 1
    ).run()
    let jobs = try remains.studyRecords.compactMap {
      if case .job(let record) = $0 { record.job } else { nil }
    }
    let best = studies[1].configurations[
      studies[1].costs.indices.min { studies[1].costs[$0] < studies[1].costs[$1] }!]
    #expect(jobs[0].configuration == best)
    #expect(jobs[1].configuration["x"] == .number(0.6))
  }

  @Test func `a study that goes on keeps what its journal recorded`() throws {
    let earlier = try Earlier()
    let path = try earlier.run("digits")
    var study = Self.study(from: [path])
    try study.readEarlierStudies(recordedIn: nil)
    let remains = try Simulation(
      study: study, scheduler: FullRunScheduler(FullRunOptions(trials: 2, budget: 1))
    ).run()
    _ = try earlier.run("digits", trials: 20)
    var resumed = Self.study(from: [path])
    #expect(try resumed.readEarlierStudies(recordedIn: remains.contents).isEmpty)
    #expect(resumed == study)
  }

  @Test func `what does not fit is named, with the study, the parameter and a remedy`() throws {
    let earlier = try Earlier()
    let path = try earlier.run("digits")
    let end = "take this study out of search.sampler.from."
    let float = Domain.float(low: 20, high: 30, scale: .linear)
    let mistakes: [(study: Study, message: String)] = [
      (
        Self.study(from: [earlier.path + "/none"]),
        "search.sampler.from: \(earlier.path)/none: expected a run directory, a journal, or a table of trials in CSV or "
          + "HDF5, found no such file. Correct the path; a relative one starts from the working directory."
      ),
      (
        Self.study(from: [earlier.path]),
        "search.sampler.from: \(earlier.path): expected a study's journal, journal.jsonl, found none in it. "
          + "Name the directory of a study that has begun, or take it out of search.sampler.from."
      ),
      (
        Self.study(from: [path], [Parameter(name: "y", domain: float)]),
        "search.sampler.from: \(path): expected at least one of the parameters y, found only x. "
          + "Take it out of search.sampler.from: it says nothing of this space."
      ),
      (
        Self.study(from: [path], [Parameter(name: "x", domain: float)]),
        "search.sampler.from: \(path): expected a number from 20 to 30 for the parameter x, at least once, "
          + "found a number from 0 to 10. Widen x in search.space, or " + end
      ),
      (
        Self.study(
          from: [try earlier.write("x,dev_accuracy\n1,0.5\n1,0.6\n30,0.7\n40,0.7\n", to: "few.csv")]),
        "search.sampler.from: \(earlier.path)/few.csv: expected at least 3 measurements of one budget within this "
          + "space, found 2 of 4; x lies outside its range in 2 of them. Widen that range in search.space, or "
          + end
      ),
      (
        Self.study(from: [try earlier.write("x,dev_loss\n1,0.5\n", to: "loss.csv")]),
        "search.sampler.from: \(earlier.path)/loss.csv: expected measurements of the objective dev_accuracy, found "
          + "dev_loss, x. Take it out of search.sampler.from, or choose an objective that it measured."
      ),
    ]
    for mistake in mistakes {
      var study = mistake.study
      #expect(Self.message { try study.readEarlierStudies(recordedIn: nil) } == mistake.message)
    }
  }
}
