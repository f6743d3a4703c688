import Reports
import Search
import Testing

/// Several studies on one page.
struct ComparisonTests {
  private static func study(_ path: String, _ trials: Int, _ settings: [String: String]) throws
    -> ComparedStudy
  {
    ComparedStudy(
      path: path, history: try SampleStudy.halving(trials: trials), state: .finished, settings: settings)
  }

  @Test func `studies are ranked by their best, drawn, and told apart by their settings`() throws {
    let few = try Self.study("runs/few", 9, ["seed": "1", "scheduler.trials": "9"])
    let many = try Self.study("runs/many", 300, ["seed": "1", "scheduler.trials": "300", "threads": "2"])
    let page = Report.comparison([few, many])
    let reading = try PageReading(page)
    #expect(reading.elements("script").isEmpty && !page.contains("http://www.w3.org/2000/svg\" href"))
    #expect(reading.text.contains("runs/many is ahead"))
    let best = try #require(many.history.best)
    #expect(reading.elements("tr", class: "best").count == 1)
    #expect(reading.elements("td").contains { $0.text == "\(best.trial.rawValue)" })
    #expect(reading.elements("path", class: "line").count == 2)
    #expect(
      try reading.rows(under: "Settings that differ") == [
        ["scheduler.trials", "9", "300"], ["threads", "", "2"],
      ])
  }

  @Test func `studies of different objectives are not ranked`() throws {
    var other = try Self.study("runs/other", 9, [:])
    other.history.objective.metric = "something_else"
    let reading = try PageReading(Report.comparison([try Self.study("runs/one", 9, [:]), other]))
    #expect(reading.text.contains("their scores are not compared"))
    #expect(reading.elements("tr", class: "best").isEmpty)
    #expect(reading.text.contains("run with the same settings"))
  }

  @Test func `studies of other data, or of other splits, are not ranked`() throws {
    let one = try Self.study(
      "runs/one", 9, ["training.data.digits": "{}", "training.split.dev": "0.1", "seed": "1"])
    for (name, value) in [
      ("training.data.idx.images", "a.gz"), ("training.split.dev", "0.2"), ("devSplit", "reshuffled"),
    ] {
      var other = one
      other.settings[name] = value
      let reading = try PageReading(Report.comparison([one, other]))
      #expect(
        reading.text.contains("differ in their data, or in how it is divided: their scores are not compared"))
      #expect(reading.elements("tr", class: "best").isEmpty)
    }
    var seeded = one
    seeded.settings["seed"] = "2"
    #expect(try !PageReading(Report.comparison([one, seeded])).text.contains("not compared"))
  }

  @Test func `of files that were noted the contents decide, not where they lie`() throws {
    let note = "7216 bytes, CRC-32C 1c291ca3"
    let one = try Self.study("runs/one", 9, ["training.data.idx.images": "a.gz", "inputs.a.gz": note])
    func isRanked(_ settings: [String: String]) throws -> Bool {
      var other = one
      other.settings = settings
      return try !PageReading(Report.comparison([one, other])).text.contains("not compared")
    }
    #expect(try isRanked(["training.data.idx.images": "b/a.gz", "inputs.b/a.gz": note]))
    #expect(
      try !isRanked(["training.data.idx.images": "a.gz", "inputs.a.gz": "7216 bytes, CRC-32C 00000000"]))
    // Where one has noted nothing, the paths are all there is.
    #expect(try isRanked(["training.data.idx.images": "a.gz"]))
    #expect(try !isRanked(["training.data.idx.images": "b.gz"]))
    let folder = try Self.study("runs/folder", 9, ["training.data.mnist.path": "m", "inputs.m/x.gz": note])
    var moved = folder
    moved.settings = ["training.data.mnist.path": "n", "inputs.n/x.gz": note]
    #expect(try !PageReading(Report.comparison([folder, moved])).text.contains("not compared"))
    moved.settings["inputs.n/x.gz"] = "1 bytes, CRC-32C 00000000"
    #expect(try PageReading(Report.comparison([folder, moved])).text.contains("not compared"))
  }

  @Test func `a study alone with a score, and a simulation, make no verdict`() throws {
    let one = try Self.study("runs/one", 9, [:])
    var none = one
    none.path = "runs/none"
    none.history.trials = []
    #expect(try PageReading(Report.comparison([one, none])).text.contains("runs/one alone has a score"))
    var simulated = one
    simulated.history.isSimulated = true
    #expect(
      try PageReading(Report.comparison([one, simulated])).text.contains("their scores are not compared"))
  }
}
