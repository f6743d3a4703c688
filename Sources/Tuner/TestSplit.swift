import JSON
public import Search
import Training

// Whether the test split is what it was when the chosen model was trained: of other data, or of the same data cut
// otherwise, samples may be in it that the model has seen.
extension JournalContents {
  /// What would make a test of this state untrue: data files that hold something else than the journal says, and
  /// changes of the data, its split or the seed that were allowed after the state's training had begun.
  ///
  /// - Throws: `TunerError` when a file cannot be read, or the journal does not describe its study.
  public func splitChanges(
    since trial: TrialID, at budget: Int, readingDataOf study: Study
  ) throws(TunerError) -> [StudyChange] {
    var now: [String: JSONValue] = [:]
    let recorded = recordedInputs
    for path in study.trainee.files where recorded[path] != nil {
      now[path] = .text(try InputFile(at: path).description)
    }
    let then = JSONValue.object(["inputs": .object(recorded.mapValues { .text($0.description) })])
    let changed = then.changes(to: .object(["inputs": .object(now)])).filter { $0.new != nil }
    return try allowedSplitChanges(since: trial, at: budget) + changed
  }

  private func allowedSplitChanges(
    since trial: TrialID, at budget: Int
  ) throws(TunerError) -> [StudyChange] {
    let first = try History(self).lineage(of: trial, at: budget).first?.job.id
    var study = JSONValue.null
    var hasBegun = false
    var changes: [StudyChange] = []
    for line in lines {
      switch line.record {
      case .header(let header): study = header.study
      case .job(let record): hasBegun = hasBegun || record.job.id == first
      case .session(.studyChanged(let new, _)):
        if hasBegun { changes += study.studyChanges(to: new).filter { $0.decidesSplit && !$0.isMove } }
        study = new
      default: continue
      }
    }
    return changes
  }
}

extension StudyChange {
  /// True when other samples may be in the test split.
  fileprivate var decidesSplit: Bool {
    if path.hasPrefix("inputs.") { return old != nil && new != nil }
    if path == "training.data.groupColumn" { return false }
    return path == "seed" || path.hasPrefix("training.data.") || path.hasPrefix("training.split.")
  }
}
