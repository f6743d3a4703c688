import Foundation
import Search

/// What the page's script reads: the table of trials, all of it, and what the charts draw. Texts are as the page shows them.
struct PageData: Encodable {
  struct Column: Encodable { var name: String, words: Bool, parameter: Bool }
  struct Parameter: Encodable {
    var name: String
    /// `linear`, `log` or `choices`.
    var scale: String
    var low, high: Double
    var choices: [String]?
  }
  struct Job {
    var trial, from, to: Int
    var score: Double?
    var parent: Int?
    var reason: String?
    var group: Int?
    /// Of work.
    var seconds: Double?
    /// On the study's clock.
    var finished: Double?
    /// How many jobs were answered, how much was trained in all, and for how many hours groups had worked, when it was.
    var order: Int
    var trained: Int
    var hours: Double?

    /// A page has many jobs: their names stand once.
    static let fields = [
      "trial", "from", "to", "score", "parent", "reason", "group", "seconds", "finished", "order", "trained",
      "hours",
    ]
    var row: [JSONScalar] {
      [
        .whole(trial), .whole(from), .whole(to), .number(score), .whole(parent), .text(reason), .whole(group),
        .number(seconds), .number(finished), .whole(order), .whole(trained), .number(hours),
      ]
    }
  }
  enum JSONScalar: Encodable {
    case whole(Int?)
    case number(Double?)
    case text(String?)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .whole(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      }
    }
  }
  struct Stretch: Encodable { var trial, from, to: Int }
  struct Surface: Encodable { var x, y: String, xs, ys: [Double], z: [[Double]] }

  /// Of all curves together; a page carries no more.
  static let (mostCurveValues, mostPointsOfCurve) = (60_000, 100)
  /// Of more jobs an even selection, and all that the best and those that led before did.
  static let mostJobs = 20_000

  var metric, goal, unit: String
  var best: Int?
  var forks: Bool
  var budgetsAreLog: Bool
  var columns: [Column]
  /// The place of the score among them.
  var scoreColumn: Int
  var rows: [[String]]
  var parameters: [Parameter]
  /// What stands in a row of `jobs`.
  var jobFields: [String]
  /// In the order in which they were answered; those at work last.
  var jobs: [[JSONScalar]]
  var jobsLeftOut: Int
  /// Places in `jobs`.
  var leaders: [Int]
  var lineage: [Stretch]
  var metrics: [String]
  /// By trial and metric: budgets and values in turn.
  var curves: [Int: [String: [Double]]]
  var surfaces: [Surface]

  init(_ study: Study, table: TrialTable) {
    let history = study.history
    metric = history.objective.metric
    goal = history.objective.goal == .maximize ? "maximize" : "minimize"
    unit = history.budgetUnit
    best = study.headline.best?.trial.rawValue
    forks = study.headline.counts.forks > 0
    budgetsAreLog = LearningCurves(study: study).hasLogarithmicBudgets
    columns = table.columns.map { Column(name: $0.name, words: $0.isWords, parameter: $0.isParameter) }
    rows = study.ranking.map(table.texts)
    parameters = history.space.parameters.map(Parameter.init)
    scoreColumn = table.columns.firstIndex { $0.isScore } ?? 0
    let incumbents = history.incumbents.map(\.job)
    let shown = Self.selection(
      of: Self.jobs(Self.ordered(history.segments), in: study), leaders: Set(incumbents), best)
    jobFields = Job.fields
    jobs = shown.map(\.job.row)
    jobsLeftOut = history.counts.jobs - shown.count
    let places = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1.id, $0) })
    leaders = incumbents.compactMap { places[$0] }
    lineage = study.bestLineage.map {
      Stretch(trial: $0.job.trial.rawValue, from: $0.job.origin.budget, to: $0.job.target)
    }
    metrics = history.metricNames.filter { !$0.hasSuffix("_stderr") }
    curves = Self.curves(of: study, metrics: metrics)
    surfaces = (study.importance?.dependences ?? []).compactMap { Surface($0, in: history) }
  }

  /// For an element of a page that is XML, too: nothing in it can be taken for markup. Nil if it cannot be written.
  var script: Markup? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A forest's means of the greatest costs may overflow: a text for scripts, which draw nothing of it.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "", negativeInfinity: "", nan: "")
    guard let bytes = try? encoder.encode(self) else { return nil }
    var safe = ""
    safe.reserveCapacity(bytes.count)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "<": safe += "\\u003c"
      case ">": safe += "\\u003e"
      case "&": safe += "\\u0026"
      case "\u{FFFE}", "\u{FFFF}": safe += "\u{FFFD}"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return "<script type=\"application/json\" id=\"data\">" + Markup(stringLiteral: safe) + "</script>\n"
  }
}

extension PageData {
  /// As they were answered, where the history knows it.
  private static func ordered(_ segments: [TrialHistory.Segment]) -> [TrialHistory.Segment] {
    segments.sorted { ($0.place, $0.job.id) < ($1.place, $1.job.id) }
  }

  private static func selection(
    of jobs: [(id: JobID, job: Job)], leaders: Set<JobID>, _ best: Int?
  ) -> [(id: JobID, job: Job)] {
    let stride = (jobs.count + mostJobs - 1) / mostJobs
    guard stride > 1 else { return jobs }
    return jobs.enumerated().filter { place, entry in
      place % stride == 0 || leaders.contains(entry.id) || entry.job.trial == best
    }.map(\.element)
  }

  private static func jobs(
    _ ordered: [TrialHistory.Segment], in study: Study
  ) -> [(id: JobID, job: Job)] {
    var (trained, seconds) = (0, 0.0)
    return ordered.enumerated().map { place, segment in
      let job = segment.job
      let work = study.context.work[job.id]
      if segment.outcome != nil { trained += max(0, job.target - job.origin.budget) }
      seconds += work.map { $0.end - $0.start } ?? 0
      let reason: String? = if case .failed(let reason) = segment.outcome { reason } else { nil }
      let entry = Job(
        trial: job.trial.rawValue, from: job.origin.budget, to: job.target,
        score: study.history.score(of: segment).flatMap { $0.isFinite ? $0.short : nil },
        parent: job.origin.parent?.rawValue, reason: reason?.shortened(to: 200), group: work?.group,
        seconds: work.map { ($0.end - $0.start).short }, finished: segment.finishedAt?.short,
        order: place + 1, trained: trained, hours: work == nil ? nil : (seconds / 3600).short)
      return (job.id, entry)
    }
  }

  /// The best trials' first, while there is room.
  private static func curves(of study: Study, metrics: [String]) -> [Int: [String: [Double]]] {
    var curves: [Int: [String: [Double]]] = [:]
    var room = mostCurveValues
    let lineage = study.bestLineage.map { study.history.trials[$0.job.trial.rawValue] }
    for trial in lineage + study.ranking where room > 0 && curves[trial.id.rawValue] == nil {
      let measurements = trial.segments.flatMap(\.measurements)
      guard !measurements.isEmpty else { continue }
      let stride = (measurements.count + mostPointsOfCurve - 1) / mostPointsOfCurve
      let kept = measurements.enumerated().filter {
        $0.offset % stride == 0 || $0.offset == measurements.count - 1
      }
      for metric in metrics {
        let values = kept.flatMap { measurement -> [Double] in
          guard let value = measurement.element.metrics[metric], value.isFinite else { return [] }
          return [Double(measurement.element.budget), value.short]
        }
        guard !values.isEmpty else { continue }
        curves[trial.id.rawValue, default: [:]][metric] = values
        room -= values.count
      }
    }
    return curves
  }
}

extension PageData.Parameter {
  fileprivate init(_ parameter: Search.Parameter) {
    let axis = Axis.covering(parameter.domain)
    let choices: [String]? =
      switch parameter.domain {
      case .ordinal(let choices), .categorical(let choices): choices.map(Numerals.value)
      case .float, .integer, .quantized: nil
      }
    self.init(
      name: parameter.name, scale: choices != nil ? "choices" : axis.measure == .log ? "log" : "linear",
      low: axis.low,
      high: axis.high, choices: choices)
  }
}

extension PageData.Surface {
  /// Nil of a single hyperparameter.
  fileprivate init?(_ dependence: PartialDependence, in history: History) {
    guard dependence.parameters.count == 2 else { return nil }
    let parameters = dependence.parameters.compactMap { name in
      history.space.parameters.first { $0.name == name }
    }
    let places = zip(parameters, dependence.places).map { parameter, units in
      units.compactMap { ParameterAxis(parameter.domain).place(parameter.domain.value(at: $0)) }
    }
    let (xs, ys) = (places[0], places[1])
    let z = ys.indices.map { line in
      xs.indices.map { history.objective.score(of: dependence.means[$0 * ys.count + line]).short }
    }
    self.init(
      x: dependence.parameters[0], y: dependence.parameters[1], xs: xs.map(\.short), ys: ys.map(\.short), z: z
    )
  }
}

extension TrialHistory.Segment {
  /// On the study's clock; without one all that was answered is as old, and what is at work comes last.
  fileprivate var place: Double { outcome == nil ? .infinity : finishedAt ?? 0 }
}

extension Double {
  /// Six significant digits, in the fewest letters.
  fileprivate var short: Double {
    guard self != 0, isFinite else { return self }
    let scale = Foundation.pow(10, 5 - Foundation.log10(abs(self)).rounded(.down))
    let rounded = (self * scale).rounded() / scale
    return rounded.isFinite ? rounded : self
  }
}
