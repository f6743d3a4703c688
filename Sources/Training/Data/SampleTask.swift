/// What there is to learn of samples whose targets are an array or a column: an experiment's `task`.
public enum SampleTask: String, Codable, CaseIterable, Sendable {
  case classification, regression

  var kind: TaskKind { self == .regression ? .regression : .classification }
}

extension KeyReader {
  /// The value of `task`; nil for classification, so that what earlier versions wrote stays as it was.
  func sampleTask() -> SampleTask? {
    let task = choice("task", default: SampleTask.classification)
    return task == .classification ? nil : task
  }
}
