import Search
import Training
import Tuner

/// What is in order, and probably not what was meant.
struct CheckWarnings {
  let study: Study
  let plan: SchedulePlan

  /// - Parameter ranks: how many there will be, the controller included; nil where nobody said.
  func lines(ranks: Int?) -> [String] {
    [plan.warning].compactMap(\.self) + goals + unheeded(by: ranks) + (ranks.map { idle(of: $0) } ?? [])
  }

  /// Objectives that ask for the worse side of a metric.
  private var goals: [String] {
    study.objective.parts.compactMap { part in
      guard let natural = study.trainee.description.metric(named: part.metric)?.goal,
        natural.rawValue != part.goal.rawValue
      else { return nil }
      let better = natural == .maximize ? "higher" : "lower"
      return "\(part.metric) is better when it is \(better), and the study is to \(part.goal.rawValue) it: "
        + "goal: \(natural.rawValue) is what is usually meant"
    }
  }

  /// What the study asks for and its sampler or its scheduler drops. That trials are at work beside others is known
  /// once it is known how many groups there will be.
  private func unheeded(by ranks: Int?) -> [String] {
    let layout = ranks.flatMap { try? RankLayout(worldSize: $0, ranksPerTrial: study.ranksPerTrial) }
    let asked = Heeding(
      askedBy: study.objective, in: study.space,
      isMeasuredAtSeveralBudgets: plan.jobs > plan.trials,
      isNoisy: study.replication.count > 1 || study.devSplit == .reshuffled,
      isParallel: (layout?.groupCount ?? 1) > 1 && plan.concurrency > 1)
    return [study.sampler.warning(asked: asked), study.scheduler.warning(asked: asked)].compactMap(\.self)
  }

  /// Groups that never get work, because fewer trials are trained at once.
  private func idle(of ranks: Int) -> [String] {
    guard let layout = try? RankLayout(worldSize: ranks, ranksPerTrial: study.ranksPerTrial) else {
      return []
    }
    return [layout.warning, layout.warning(concurrency: plan.concurrency)].compactMap(\.self)
  }
}
