import Reports
import Search
import Tuner

/// A picture of a study in a few lines: where it stands, who leads, what is at work. O(groups).
struct StudyFrame {
  static let widest = 100

  let view: StudyView
  /// How long the session has lasted; nil where none is at work.
  var seconds: Double?
  /// Now, by the journal's clock.
  var time: Double
  /// The share of the groups' time spent at work, in [0, 1]; nil where nobody counts it.
  var utilization: Double?
  /// What stands for the session where none is at work: `finished`.
  var state: String?
  var glyphs = Glyphs.unicode

  /// - Parameter columns: of the window; no line is wider than this, nor than `widest`.
  func lines(columns: Int) -> [StyledLine] {
    let width = max(20, min(columns, Self.widest))
    return [title(width), progress(width), best(width), reached(width), atWork(width)]
      .compactMap { $0?.cut(to: min(width, columns), glyphs) }
  }

  private func title(_ width: Int) -> StyledLine {
    var line = StyledLine(view.outline.name, .strong)
    var pieces: [StyledLine] = []
    if let state { pieces.append(StyledLine(state, .good)) }
    let groups = view.groups.count
    if groups > 0 {
      pieces.append(
        StyledLine("\(counted(view.ranks, "rank")): \(counted(groups, "group"))"))
    }
    if let method = view.outline.method { pieces.append(StyledLine(method, .faint)) }
    if let samples = view.samples { pieces.append(StyledLine("dev \(Numerals.count(samples.dev, "sample"))")) }
    if let resumption = view.resumption { pieces.append(StyledLine(resumption, .faint)) }
    for piece in pieces { line.addIfItFits(piece, within: width) }
    return line
  }

  private func progress(_ width: Int) -> StyledLine {
    var line = StyledLine()
    if let share = view.share {
      let percent = String(Int(100 * share))
      line.add(String(repeating: " ", count: 3 - percent.count) + percent + " % ")
      line.add(glyphs.bar(share, columns: width < 80 ? 10 : 20), .good)
      line.addIfItFits(StyledLine(view.jobs), within: width, gap: 2)
    } else {
      line.add("jobs   ")
      line.add(view.jobs)
    }
    if let seconds { line.addIfItFits(StyledLine(view.pace(after: seconds)), within: width) }
    if let utilization {
      line.addIfItFits(
        StyledLine("groups \(Int((100 * utilization).rounded())) % at work"), within: width)
    }
    return line
  }

  private func best(_ width: Int) -> StyledLine {
    let leaders = view.leaders
    var line = StyledLine("best   ")
    guard let best = leaders.first else {
      line.add("none yet", .faint)
      return line
    }
    let metric = view.outline.objective.metric
    line.add("\(best.trial)", .good)
    let score = best.score.text(plusMinus: glyphs.plusMinus)
    line.add("   \(metric) \(score) at \(best.budget) \(view.outline.budgetName)")
    if let broken = best.brokenLimits, !broken.isEmpty {
      line.addIfItFits(StyledLine("breaks \(broken.text)", .bad), within: width)
    }
    if leaders.count > 1 {
      let next = leaders.dropFirst().map { "\($0.trial) \($0.score.scoreText)" }.joined(separator: ", ")
      line.addIfItFits(StyledLine("(next: \(next))", .faint), within: width)
    }
    return line
  }

  private func reached(_ width: Int) -> StyledLine? {
    let failed = view.failedTrials
    guard !view.reached.isEmpty || failed > 0 else { return nil }
    var line = StyledLine(view.outline.hasRungs ? "rungs  " : "done   ")
    let ending = StyledLine("failed \(failed)", failed > 0 ? .bad : .faint)
    var room = width - line.width - ending.width - 6
    if let generation = view.generation {
      let text = "generation \(generation + 1)   "
      line.add(text)
      room -= text.columns
    }
    // The largest budgets say most.
    var shown: [String] = []
    for (budget, trials) in view.reached.reversed() {
      let text = "\(budget): \(trials)"
      guard text.columns + 3 <= room - glyphs.ellipsis.columns else {
        shown.append(glyphs.ellipsis)
        break
      }
      room -= text.columns + 3
      shown.append(text)
    }
    line.add(shown.reversed().joined(separator: "   ") + "      ")
    line.add(ending)
    return line
  }

  private func atWork(_ width: Int) -> StyledLine? {
    let work = view.work.sorted { $0.key < $1.key }.map { group, work in
      "g\(group.rawValue + 1) \(move(work.job)) \(duration(max(0, time - work.start)))"
    }
    if !work.isEmpty { return list("now    ", work, of: work.count, width) }
    guard view.ending == nil, !view.unanswered.isEmpty else { return nil }
    let open = view.unanswered.values.sorted { $0.id < $1.id }.prefix(20).map(move)
    return list("open   ", open, of: view.unanswered.count, width)
  }

  /// What fits of a list, and how many more there are.
  private func list(_ name: String, _ items: [String], of count: Int, _ width: Int) -> StyledLine {
    var line = StyledLine(name)
    for (place, item) in items.enumerated() {
      let rest = count - place - 1
      let reserve = rest > 0 ? "   +\(rest)".columns : 0
      guard line.addIfItFits(StyledLine(item), within: width - reserve, gap: place == 0 ? 0 : 3) else {
        line.addIfItFits(StyledLine("+\(rest + 1)", .faint), within: width)
        return line
      }
    }
    if count > items.count { line.addIfItFits(StyledLine("+\(count - items.count)", .faint), within: width) }
    return line
  }

  /// `t14 3→9`; of a copy `t14←t2 3→9`.
  private func move(_ job: Job) -> String {
    var trial = "t\(job.trial.rawValue)"
    if case .fork(let parent, _) = job.origin { trial += "\(glyphs.copies)t\(parent.rawValue)" }
    return "\(trial) \(job.origin.budget)\(glyphs.arrow)\(job.target)"
  }
}

/// `1 rank`, `5 ranks`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

// What pictures and log lines say alike.
extension StudyView {
  /// `28 of 45 jobs`; where nobody knows how many there will be, `28 jobs, 12 of 20 trials begun`.
  var jobs: String {
    guard let plan = outline.plan else {
      return "\(counted(answered, "job")), \(counted(trials, "trial")) begun"
    }
    if plan.isExact {
      // A trial that failed gets no further job.
      return
        "\(answered) of \(failedTrials > 0 && plan.jobs > plan.trials ? "at most " : "")\(plan.jobs) jobs"
    }
    return
      "\(counted(answered, "job")), \(trials)\(trials <= plan.trials ? " of \(plan.trials)" : "") trials begun"
  }

  /// `1 min 12 s, about 44 s left`.
  func pace(after seconds: Double) -> String {
    duration(seconds) + (secondsLeft(after: seconds).map { ", about \(duration($0)) left" } ?? "")
  }

  /// `resumed: 12 of 20 trials, best 0.9430`; nil of a session that began the study.
  var resumption: String? {
    guard let session, session.number > 1, session.trials > 0 else { return nil }
    let trials =
      outline.plan.map { "\(session.trials) of \($0.trials) trials" } ?? counted(session.trials, "trial")
    return "resumed: \(trials)" + (session.best.map { ", best \($0.score.scoreText)" } ?? "")
  }
}
