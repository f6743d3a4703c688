import Search

/// Which group of ranks did what when, and how much of the allocation was lost.
struct AllocationChart {
  var study: Study

  /// What a picture can show: groups as rows, and jobs.
  static let (mostRows, mostBars) = (64, 2_000)

  /// Nil where nobody knows who did what.
  var figure: Figure? {
    let work = study.history.segments.compactMap { segment in
      study.context.work[segment.job.id].map { (segment: segment, work: $0) }
    }
    let end = work.map(\.work.end).max() ?? 0
    guard !work.isEmpty, end > 0 else { return nil }
    let unit = TimeUnit(for: end)
    let groups = Set(work.map(\.work.group)).sorted()
    let rows = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1, $0) })
    let shown = min(groups.count, Self.mostRows)
    let plot = Plot(
      width: 1_060, height: 60 + max(60, min(20 * Double(shown), 600)),
      x: .linear(0, end / unit.seconds, intervals: 10, ends: .atData),
      y: .groups(groups.prefix(shown).map { $0 + 1 }), xTitle: "time since the study began, \(unit.name)",
      yTitle: "group")
    let drawn = work.filter { rows[$0.work.group] ?? 0 < shown }.prefix(Self.mostBars)
    let bars = drawn.map {
      bar(of: $0.segment, $0.work, row: shown - 1 - (rows[$0.work.group] ?? 0), unit, in: plot)
    }
    return Figure(
      title: "The allocation",
      drawing: plot.drawing(plot.clipped(bars.joined()), summary: "Which group trained what when"),
      caption: caption(work.map { ($0.segment, $0.work) }, groups: groups.count, end: end, drawn: bars.count))
  }

  private func bar(
    of segment: TrialHistory.Segment, _ work: RunContext.Work, row: Int, _ unit: TimeUnit, in plot: Plot
  ) -> Markup {
    let style =
      segment.hasFailed ? "failed-bar" : study.bestJobs.contains(segment.job.id) ? "best-bar" : "bar"
    let score = study.history.score(of: segment).map { ", \(Numerals.text($0, digits: 5))" } ?? ""
    let title =
      "\(segment.job.trial) to \(segment.job.target), \(Numerals.duration(work.end - work.start))"
      + (segment.hasFailed ? ", failed" : score)
    return plot.bar(
      from: work.start / unit.seconds, to: work.end / unit.seconds, row: Double(row), style: style,
      title: title)
  }

  private func caption(
    _ work: [(segment: TrialHistory.Segment, work: RunContext.Work)], groups: Int, end: Double, drawn: Int
  ) -> Markup {
    let total = study.context.allocatedSeconds ?? end * Double(groups)
    let busy = work.reduce(0) { $0 + $1.work.end - $1.work.start }
    let lost = work.reduce(0) { $0 + ($1.segment.hasFailed ? $1.work.end - $1.work.start : 0) }
    var caption: Markup = """
      A bar is a job. <span class="key block best"></span> what the best came from. Of \
      \(Numerals.duration(total)) of \(Numerals.count(groups, "group")), \(Numerals.share(busy / total)) was work that was answered
      """
    caption += lost > 0 ? " and \(Numerals.share(lost / total)) went into jobs that failed." : "."
    if groups > Self.mostRows { caption += " Drawn: \(Numerals.count(Self.mostRows)) groups." }
    if drawn == Self.mostBars { caption += " Drawn: the first \(Numerals.count(Self.mostBars)) jobs." }
    return caption
  }
}

extension Axis {
  /// A row for each group, the first at the top; of many rows, some are labelled.
  fileprivate static func groups(_ numbers: [Int]) -> Axis {
    let stride = (numbers.count + 23) / 24
    var axis = Axis.categories(numbers.reversed().map(String.init))
    axis.ticks = axis.ticks.reversed().enumerated().filter { $0.offset % stride == 0 }.map(\.element)
      .reversed()
    return axis
  }
}
