import Reports
import Search
import Testing

/// What a study has taught: the incumbent's curve, importance, replicates.
@Suite struct FindingsTests {
  static let space = SearchSpace([
    Parameter(name: "rate", domain: .float(low: 0, high: 1, scale: .linear)),
    Parameter(name: "kind", domain: .categorical([.text("a"), .text("b"), .text("c")])),
  ])

  /// Trials with the scores of `score`, one after the other.
  static func history(
    _ configurations: [Configuration], score: (Int, Configuration) -> Double
  ) throws -> History {
    var history = History(
      study: "sample", objective: Objective(metric: "accuracy", goal: .maximize), space: space,
      budgetUnit: "epochs")
    for (i, configuration) in configurations.enumerated() {
      try history.begin(
        Job(id: JobID(i), trial: TrialID(i), origin: .fresh, configuration: configuration, target: 9))
      try history.finish(
        Outcome(job: JobID(i), trial: TrialID(i), result: .reached(cost: -score(i, configuration))),
        measurements: [], at: Double(i))
    }
    return history
  }

  static func configuration(_ i: Int) -> Configuration {
    let kinds = ["a", "b", "c"].map { ParameterValue.text($0) }
    return Configuration(["rate": .number(Double(i * 37 % 100) / 100), "kind": kinds[i % 3]])
  }

  static func rate(of configuration: Configuration) -> Double {
    if case .number(let rate)? = configuration["rate"] { rate } else { .nan }
  }

  @Test func `the incumbent's curve is a row for each improvement`() throws {
    let history = try Self.history((0..<4).map(Self.configuration)) { i, _ in [0.5, 0.25, 0.75, 0.6][i] }
    #expect(
      Report.incumbentsCSV(history)
        == "trial,job,budget,score,finished_at_seconds,parameter.rate,parameter.kind\r\n"
        + "0,0,9,0.5,0.0,0,a\r\n" + "2,2,9,0.75,2.0,0.74,c\r\n")
  }

  @Test func `importance has a row for each hyperparameter and for each pair`() throws {
    let history = try Self.history((0..<60).map(Self.configuration)) { Self.rate(of: $1) }
    let lines = Report.importanceCSV(history).split(separator: "\r\n").map { $0.split(separator: ",") }
    #expect(lines.count == 4)
    #expect(lines[1][0] == "rate" && lines[2][0] == "kind" && lines[3][1] == "kind")
    let reading = try PageReading(Report.html(history, state: .finished))
    let bars = reading.elements("title").map(\.text).filter { $0.contains(" % ± ") }
    let names = bars.map { $0.split(separator: ":")[0] }
    #expect(names == ["rate", "rate", "kind", "kind", "rate × kind", "rate × kind"])
    #expect(try #require(Double(bars[0].split(separator: " ")[1])) > 80)
  }

  @Test func `too few trials say nothing of importance`() throws {
    let history = try Self.history((0..<10).map(Self.configuration)) { Self.rate(of: $1) }
    #expect(Report.importanceCSV(history).split(separator: "\r\n").count == 1)
    #expect(!Report.html(history, state: .finished).contains("<h2>Importance</h2>"))
    #expect(!Report.html(history, state: .finished).contains("<h2>Replicates</h2>"))
  }

  @Test func `replicates are compared with the best`() throws {
    let configurations = (0..<15).map { Self.configuration($0 % 3) } + [Self.configuration(7)]
    let history = try Self.history(configurations) { i, _ in Double(i % 3) + Double(i) / 100 }
    let rows = try PageReading(Report.html(history, state: .finished)).rows(under: "Replicates")
    #expect(rows.map { $0[0] } == ["2, 5, 8, 11, 14", "1, 4, 7, 10, 13", "0, 3, 6, 9, 12"])
    #expect(rows[0][1] == "2.08")
    #expect(rows[0][5] == "" && rows[0][6] == "")
    // The rank test's least probability of five against five, 2 / 252, twice by Holm's correction.
    #expect(rows[1][6] == "0.016" && rows[2][6] == "0.016")
    #expect(try #require(Double(rows[1][5])) < 1e-6)
  }
}
