import Foundation
import Reports
import Search
import Testing

/// What the page's scripts read.
struct PageDataTests {
  private struct Document: Decodable {
    struct Column: Decodable { var name: String }
    var columns: [Column]
    var rows: [[String]]
    var jobFields: [String]
    var jobs: [[Scalar]]
    var leaders: [Int]
    var curves: [String: [String: [Double]]]
  }

  private enum Scalar: Decodable, Equatable {
    case number(Double)
    case text(String)
    case nothing

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .nothing
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  private static func document(_ page: String) throws -> Document {
    let script = try #require(try PageReading(page).elements("script").first)
    return try JSONDecoder().decode(Document.self, from: Data(script.text.utf8))
  }

  @Test func `scripts have every trial's row as the page shows it, and every job`() throws {
    let history = try SampleStudy.halving(trials: 700)
    let page = Report.html(history, state: .finished)
    let document = try Self.document(page)
    #expect(document.rows.count == 700)
    #expect(Array(document.rows.prefix(500)) == (try PageReading(page).rows(under: "Trials")))
    #expect(document.jobs.count == history.trials.reduce(0) { $0 + $1.segments.count })
    #expect(document.jobs.allSatisfy { $0.count == document.jobFields.count })
    let target = try #require(document.jobFields.firstIndex(of: "to"))
    let best = try #require(history.best)
    #expect(document.jobs[try #require(document.leaders.last)][target] == .number(Double(best.budget)))
  }

  @Test func `curves are thinned, and end where their trials ended`() throws {
    let history = try SampleStudy.halving(trials: 60)
    let document = try Self.document(Report.html(history, state: .finished))
    for (number, curves) in document.curves {
      let values = try #require(curves["dev_loss"])
      #expect(values.count <= 2 * 101)
      let trial = history.trials[try #require(Int(number))]
      #expect(
        values[values.count - 2] == Double(try #require(trial.segments.flatMap(\.measurements).last).budget))
    }
    #expect(document.curves.count == 60)
  }

  @Test func `a library of charts is packed into the page, and only then has it places for them`() throws {
    let history = try SampleStudy.halving()
    #expect(!Report.html(history, state: .finished).contains("data-chart=\"parallel\""))
    var context = RunContext()
    context.charts = ChartLibrary(gzipped: Array("any bytes".utf8))
    let page = try PageReading(Report.html(history, state: .finished, context: context))
    #expect(page.elements("script").contains { $0.text == Data("any bytes".utf8).base64EncodedString() })
    #expect(page.elements.contains { $0.attributes["data-chart"] == "parallel" })
  }

  @Test func `what is known of the run is told: weights, commands, work, provenance`() throws {
    let history = try SampleStudy.halving(trials: 9)
    var context = RunContext()
    context.weights = "runs/a <b>/weights.h5"
    context.commands = [RunContext.Command(purpose: "Do it", line: "tuner-mpi test 'runs/a b'")]
    context.provenance = [("seed", "17")]
    for (place, segment) in history.trials.flatMap(\.segments).enumerated() {
      let start = Double(place / 2)
      context.work[segment.job.id] = RunContext.Work(group: place % 2, start: start, end: start + 0.5)
    }
    let page = try PageReading(Report.html(history, state: .finished, context: context))
    #expect(page.elements("code").map(\.text).contains("runs/a <b>/weights.h5"))
    #expect(page.elements("code").map(\.text).contains("tuner-mpi test 'runs/a b'"))
    #expect(try page.rows(under: "Provenance") == [["seed", "17"]])
    let bars = page.elements("rect").filter {
      ["bar", "best-bar", "failed-bar"].contains($0.attributes["class"])
    }
    #expect(bars.count == context.work.count)
    let jobs = Double(context.work.count)
    let end = context.work.values.map(\.end).max() ?? 0
    let share = (jobs * 0.5 / (2 * end) * 1000).rounded() / 10
    #expect(page.text.contains("\(Int(exactly: share).map(String.init) ?? "\(share)") % was work"))
  }
}
