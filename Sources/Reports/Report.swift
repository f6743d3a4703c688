package import Search

/// The views of a study, each a pure function of its history.
public enum Report {}

/// Whether a study's scheduler has given out all that it will. The history cannot tell: an unfinished study
/// whose jobs have all been answered looks like a finished one.
public enum StudyState: String, Codable, CaseIterable, Sendable {
  /// Failed: it came to its end, and no trial succeeded.
  case finished, unfinished, failed
}

extension Origin {
  var isFork: Bool {
    if case .fork = self { true } else { false }
  }

  /// The trial that was cloned.
  var parent: TrialID? {
    if case .fork(let parent, _) = self { parent } else { nil }
  }
}

extension Sequence {
  /// The stretches that begin where `starts` holds.
  func split(before starts: (Element) -> Bool) -> [[Element]] {
    reduce(into: []) { stretches, element in
      if stretches.isEmpty || starts(element) { stretches.append([]) }
      stretches[stretches.count - 1].append(element)
    }
  }
}

extension History {
  /// The objective's metric, with its own sign, at the segment's target; nil when it failed or is at work.
  package func score(of segment: TrialHistory.Segment) -> Double? {
    // A cost of 0 becomes a score of 0, not of -0.
    segment.cost.map { $0 == 0 ? 0 : objective.score(of: $0) }
  }

  /// All segments, in the order of their jobs.
  var segments: [TrialHistory.Segment] {
    trials.flatMap(\.segments).sorted { $0.job.id < $1.job.id }
  }

  /// The names of the hyperparameters: the space's, in its order, then any that only a configuration has.
  package var parameterNames: [String] {
    let known = space.parameters.map(\.name)
    var others: Set<String> = []
    for trial in trials {
      for segment in trial.segments { others.formUnion(segment.job.configuration.values.keys) }
    }
    return known + others.subtracting(known).sorted()
  }

  /// The names of all metrics that were measured: the objective's first, the others by name.
  package var metricNames: [String] {
    var names: Set<String> = []
    for trial in trials {
      for segment in trial.segments {
        for measurement in segment.measurements { names.formUnion(measurement.metrics.keys) }
      }
    }
    names.remove(objective.metric)
    return [objective.metric] + names.sorted()
  }
}
