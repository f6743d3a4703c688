import Foundation
import Reports
import Search
import Testing

struct PageTests {
  /// Finished and unfinished, with clones and with rungs, with failures, and those in which little happened.
  enum Sample: String, CaseIterable {
    case population, interrupted, halving, trade, empty, begun, failed, withoutTimes, withoutMeasurements
    case secondDev

    var history: History {
      get throws {
        switch self {
        case .population: return try SampleStudy.population()
        case .interrupted: return try SampleStudy.population(members: 8, generations: 30, patience: 100)
        case .halving: return try SampleStudy.halving()
        case .trade: return try SampleStudy.trade()
        case .empty: return SampleStudy.empty
        case .begun: return try SampleStudy.one(nil)
        case .failed: return try SampleStudy.one(.failed(reason: "out of memory"))
        case .withoutTimes:
          return try SampleStudy.population().mapSegments { $0.finishedAt = nil }
        case .withoutMeasurements:
          return try SampleStudy.population().mapSegments { $0.measurements = [] }
        case .secondDev:
          return try SampleStudy.population().mapSegments { segment in
            for place in segment.measurements.indices {
              let score = segment.measurements[place].metrics["dev_accuracy"] ?? 0
              segment.measurements[place].metrics["second_dev_accuracy"] = 0.9 * score
            }
          }
        }
      }
    }
  }

  @Test(arguments: Sample.allCases)
  func `every page is well-formed and needs nothing from outside`(sample: Sample) throws {
    let page = Report.html(try sample.history, state: .unfinished)
    let reading = try PageReading(page)
    // Two scripts of its own, the data and what reads it, and no library unless one is given.
    #expect(reading.elements("script").count == (try sample.history.trials.isEmpty ? 0 : 2))
    #expect(reading.elements("script").allSatisfy { $0.attributes["src"] == nil })
    #expect(reading.elements("link").isEmpty)
    for call in ["fetch(", "XMLHttpRequest", "import(", "WebSocket", "sendBeacon"] {
      #expect(!page.contains(call))
    }
    for element in reading.elements {
      for (name, value) in element.attributes where name != "xmlns" {
        #expect(!value.contains("//"), "\(element.name) \(name) points elsewhere: \(value)")
      }
    }
    #expect(!page.contains("@import") && !page.contains("url("))
  }

  @Test(arguments: Sample.allCases)
  func `every coordinate is a number within its drawing`(sample: Sample) throws {
    let reading = try PageReading(Report.html(try sample.history, state: .finished))
    var size = (width: 0.0, height: 0.0)
    for element in reading.elements {
      if element.name == "svg", !element.path.contains("svg") {
        let numbers = try #require(element.attributes["viewBox"]).split(separator: " ").map {
          Double($0) ?? .nan
        }
        size = (numbers[2], numbers[3])
      }
      guard element.path.contains("svg") else { continue }
      for name in ["x", "x1", "x2", "cx"] {
        if let value = element.attributes[name] {
          let number = try #require(Double(value), "\(element.name) \(name)=\(value)")
          #expect(number >= 0 && number <= size.width, "\(element.name) \(name)=\(value) of \(size.width)")
        }
      }
      for name in ["y", "y1", "y2", "cy"] {
        if let value = element.attributes[name] {
          let number = try #require(Double(value), "\(element.name) \(name)=\(value)")
          #expect(number >= 0 && number <= size.height, "\(element.name) \(name)=\(value) of \(size.height)")
        }
      }
      if let data = element.attributes["d"] {
        #expect(data.hasPrefix("M"))
        #expect(data.allSatisfy { "MLCvlmz-. 0123456789".contains($0) }, "\(data)")
      }
    }
  }

  @Test(arguments: [Sample.population, .interrupted, .halving, .trade])
  func `labels in a row do not touch`(sample: Sample) throws {
    let reading = try PageReading(Report.html(try sample.history, state: .finished))
    struct Row: Hashable { var drawing: Int, y: String }
    var ends: [Row: Double] = [:]
    for label in reading.elements("text", class: "tick") where label.attributes["text-anchor"] == "middle" {
      let row = Row(drawing: label.drawing, y: try #require(label.attributes["y"]))
      let place = try #require(label.attributes["x"].flatMap { Double($0) })
      // A digit of a 12-pixel font is about 6.7 pixels wide.
      let half = 6.7 * Double(label.text.count) / 2
      #expect(place - half > ends[row, default: -1], "\(label.text) in drawing \(label.drawing)")
      ends[row] = place + half
    }
    #expect(ends.count >= 3)
  }

  @Test(arguments: [Sample.population, .interrupted, .halving, .trade, .failed, .begun])
  func `the table has every trial with its status`(sample: Sample) throws {
    let history = try sample.history
    let rows = try PageReading(Report.html(history, state: .finished)).rows(under: "Trials")
    #expect(Set(rows.map { $0[0] }) == Set(history.trials.map { "\($0.id.rawValue)" }))
    #expect(rows.count == history.trials.count)
    for row in rows {
      let trial = history.trials[try #require(Int(row[0]))]
      switch trial.segments.last?.outcome {
      case .failed(let reason): #expect(row[3].hasPrefix("failed") && row[3].contains(reason))
      case .reached: #expect(row[3].hasPrefix("reached"))
      case nil: #expect(row[3].hasPrefix("at work"))
      }
    }
  }

  @Test func `the best comes first, and the page names it`() throws {
    let history = try SampleStudy.halving()
    let best = try #require(history.best)
    let reading = try PageReading(Report.html(history, state: .finished))
    #expect(try reading.rows(under: "Trials").first?.first == "\(best.trial.rawValue)")
    let score = try #require(reading.elements("p", class: "score").first)
    #expect(abs(try #require(Double(score.text)) - best.cost) < 1e-5)
    #expect(reading.text.contains("\(best.trial) at"))
  }

  @Test func `every clone is an arrow, and the best lineage is emphasised`() throws {
    let history = try SampleStudy.population()
    let best = try #require(history.best)
    let reading = try PageReading(Report.html(history, state: .finished))
    #expect(history.counts.forks > 5)
    #expect(reading.elements("path", class: "head").count == history.counts.forks)
    let lineage = history.lineage(of: best.trial, at: best.budget)
    let emphasised = reading.elements("path", class: "best").filter {
      $0.attributes["d"]?.contains("C") == true
    }
    // The first job has no link to an earlier one.
    #expect(emphasised.count == lineage.count - 1)
  }

  @Test func `every change of a numeric hyperparameter by a clone is marked`() throws {
    let history = try SampleStudy.population()
    let reading = try PageReading(Report.html(history, state: .finished))
    let marks = reading.elements.filter { $0.name == "title" && $0.text.contains("a clone of trial") }
    let active = history.trials.flatMap(\.segments).filter(\.isFork).map(\.job.configuration.values.count)
    #expect(marks.count == active.reduce(0, +))
  }

  @Test func `halving shows its rungs, populations their lineage`() throws {
    let halving = try SampleStudy.halving()
    let rows = try PageReading(Report.html(halving, state: .finished)).rows(under: "Budgets")
    #expect(rows.map { $0[0] } == ["25", "100", "400", "1,600"])
    let reached = halving.trials.flatMap(\.segments).count { $0.job.target == 25 && $0.cost != nil }
    #expect(rows[0][1] == "\(reached)")
    #expect(!Report.html(halving, state: .finished).contains("<h3>Lineage</h3>"))
    let population = Report.html(try SampleStudy.population(), state: .finished)
    #expect(population.contains("<h3>Lineage</h3>") && !population.contains("<h2>Budgets</h2>"))
  }

  @Test func `the trade shows every job's end, the front larger, and the volume grow`() throws {
    let history = try SampleStudy.trade()
    let reading = try PageReading(Report.html(history, state: .finished))
    let title = try #require(reading.elements.first { $0.text == "dev_accuracy against latency_ms" })
    let place = try #require(reading.elements.firstIndex { $0.text == title.text })
    let drawing = try #require(reading.elements[place...].first { $0.drawing > title.drawing }?.drawing)
    let dots = reading.elements("circle").filter { $0.drawing == drawing }
    let measured = history.trials.flatMap(\.segments).filter { $0.cost != nil }
    let front = history.paretoFront
    #expect(front.count > 2)
    #expect(dots.count == measured.count + front.count)
    #expect(dots.filter { $0.attributes["class"] == "dot best" }.count == front.count)
    let titles = reading.elements.filter { $0.drawing == drawing && $0.name == "title" }.map(\.text)
    let broken = titles.filter { $0.hasSuffix("breaks a limit") }
    #expect(broken.count == measured.count { history.costVector(of: $0)?.isFeasible == false })
    #expect(!broken.isEmpty && broken.count < measured.count)
    // Within the front the more accurate is the slower one.
    let ordered = front.sorted { $0.costs.costs[0] < $1.costs.costs[0] }.map(\.costs.costs[1])
    #expect(ordered == ordered.sorted(by: >))
    #expect(reading.text.contains("Limits: parameters at most 80000.0."))
    let shares = history.hypervolumes.map(\.share)
    #expect(shares == shares.sorted() && reading.text.contains("Dominated volume"))
  }

  @Test func `an empty study says so, and shows its search space`() throws {
    let page = Report.html(SampleStudy.empty, state: .unfinished)
    let reading = try PageReading(page)
    #expect(reading.text.contains("No trial has begun."))
    #expect(reading.elements("svg").isEmpty && reading.elements("figure").isEmpty)
    #expect(try reading.rows(under: "Search space").count == SampleStudy.space.parameters.count)
  }

  @Test func `ten thousand trials stay a small page that says what it leaves out`() throws {
    let history = try SampleStudy.halving(trials: 10_000)
    let page = Report.html(history, state: .finished)
    let reading = try PageReading(page)
    #expect(page.utf8.count < 4_000_000)
    let rows = try reading.rows(under: "Trials")
    #expect(rows.count == 500)
    #expect(reading.text.contains("Without scripts 9,500 worse trials of 10,000 not shown"))
    #expect(reading.text.contains("Drawn: the 200 best trials of 10,000. Left out: 9,800 trials."))
    #expect(reading.elements("circle", class: "outcome").count <= 2_000)
    // The table itself leaves nothing out.
    let jobs = history.trials.reduce(0) { $0 + $1.segments.count }
    #expect(Report.csv(history).utf8.count { $0 == UInt8(ascii: "\n") } == jobs + 1)
  }

  @Test func `names and messages cannot become markup`() throws {
    let hostile = "\"><script>alert('x')</script>&amp;]]>\u{0}\u{1B}[0m, \u{FFFF} ünïcödé \u{1F600}"
    let space = SearchSpace([
      Parameter(name: "learning_rate", domain: .float(low: 1e-5, high: 1, scale: .log)),
      Parameter(name: hostile, domain: .categorical([.text(hostile), .text("tame")])),
    ])
    for reason in [nil, hostile] {
      var history = History(
        study: hostile, objective: Objective(metric: hostile, goal: .minimize), space: space,
        budgetUnit: hostile)
      for number in 0..<3 {
        let job = Job(
          id: JobID(number), trial: TrialID(number), origin: .fresh,
          configuration: Configuration(["learning_rate": .number(0.1), hostile: .text(hostile)]), target: 3)
        try history.begin(job)
        let result = reason.map { Outcome.Result.failed(reason: $0) } ?? .reached(cost: Double(number))
        try history.finish(
          Outcome(job: job.id, trial: job.trial, result: result),
          measurements: [TrialHistory.Measurement(budget: 3, metrics: [hostile: Double(number)])],
          at: Double(number))
      }
      let reading = try PageReading(Report.html(history, state: .finished))
      #expect(reading.elements("script").count == 2)
      #expect(reading.elements("script").allSatisfy { !$0.text.contains("<script>alert") })
      // What XML cannot hold is replaced, everything else arrives.
      let shown = "\"><script>alert('x')</script>&amp;]]>\u{FFFD}\u{FFFD}[0m, \u{FFFD} ünïcödé \u{1F600}"
      #expect(reading.elements("h1").first?.text == shown)
      #expect(reading.elements("td").contains { $0.text == shown })
    }
  }

  @Test func `equal scores and extreme scores are drawn`() throws {
    for scores in [
      [0, 0], [-0.0, 0.0], [1e300, -1e300], [.leastNonzeroMagnitude, 0], [1e-300, 1e300], [0.1, 0.1 + 1e-17],
    ] {
      for goal in Objective.Goal.allCases {
        var history = SampleStudy.empty
        history.objective.goal = goal
        for (number, score) in scores.enumerated() {
          let job = Job(
            id: JobID(number), trial: TrialID(number), origin: .fresh, configuration: Configuration(),
            target: 1)
          try history.begin(job)
          try history.finish(
            Outcome(job: job.id, trial: job.trial, result: .reached(cost: history.objective.cost(of: score))),
            measurements: [], at: 0)
        }
        let reading = try PageReading(Report.html(history, state: .finished))
        #expect(reading.elements("circle", class: "outcome").count == 2)
        #expect(!reading.text.contains("nan") && !reading.text.contains("-0\n"))
      }
    }
  }
}

extension TrialHistory.Segment {
  fileprivate var isFork: Bool {
    if case .fork = job.origin { true } else { false }
  }
}

extension History {
  func mapSegments(_ change: (inout TrialHistory.Segment) -> Void) -> History {
    var history = self
    for trial in history.trials.indices {
      for segment in history.trials[trial].segments.indices {
        change(&history.trials[trial].segments[segment])
      }
    }
    return history
  }
}
