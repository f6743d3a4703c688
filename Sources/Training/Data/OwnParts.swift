/// How many samples at a data set's end are the dev and the test split because they came from files of their
/// own; 0 of a part that is cut from the rest.
struct OwnParts: Codable, Equatable, Sendable {
  var dev = 0
  var test = 0

  var count: Int { dev + test }
}

extension DataSet {
  /// This set, and behind it the samples of parts that have files of their own.
  ///
  /// - Throws: `TrainingError.data` when the samples or targets of a part are of another kind.
  func joined(dev: DataSet?, test: DataSet?) throws(TrainingError) -> DataSet {
    guard dev != nil || test != nil else { return self }
    var whole = self
    for part in [dev, test].compactMap(\.self) { whole = try whole.appending(part) }
    whole.own = OwnParts(dev: dev?.count ?? 0, test: test?.count ?? 0)
    return whole
  }

  private func appending(_ part: DataSet) throws(TrainingError) -> DataSet {
    guard case .labelled(let values, let shape, let targets) = samples,
      case .labelled(let more, let partShape, let partTargets) = part.samples
    else {
      throw .library("a text has no parts with files of their own")
    }
    guard partShape == shape else {
      throw .data(
        path: part.source, expected: "samples of shape \(shape), as in \(source)", found: "\(partShape)",
        remedy: "Give files that belong together.")
    }
    var whole = DataSet(
      source: source,
      samples: .labelled(
        values: try Self.joined(values, more), shape: shape,
        targets: try targets.appending(partTargets, of: part, to: self)))
    whole.encoding = encoding
    whole.classNames = classNames
    whole.encoding?.missing += part.encoding?.missing ?? 0
    return whole
  }

  /// Both in memory, both to be read, or both to stay in their files.
  private static func joined(
    _ first: SampleValues, _ second: SampleValues
  ) throws(TrainingError) -> SampleValues {
    switch (first, second) {
    case (.memory(let first), .memory(let second)): .memory(try joined(first, second))
    case (.file(let first), .file(let second)): .file(first.appending(second))
    case (.unread(let first), .unread(let second)): .unread(first.appending(second))
    default: throw .library("samples in memory and in a file")
    }
  }

  fileprivate static func joined<Scalar: Numeric>(
    _ first: SampleMemory<Scalar>, _ second: SampleMemory<Scalar>
  ) throws(TrainingError) -> SampleMemory<Scalar> {
    try SampleMemory(count: first.count + second.count) { buffer in
      first.withScalars { _ = buffer.initialize(from: $0) }
      second.withScalars { scalars in
        for place in scalars.indices { buffer.initializeElement(at: first.count + place, to: scalars[place]) }
      }
    }
  }
}

extension TargetMemory {
  fileprivate func appending(
    _ other: TargetMemory, of part: DataSet, to set: DataSet
  ) throws(TrainingError) -> TargetMemory {
    switch (self, other) {
    case (.classes(let labels, let classes), .classes(let more, let others)):
      // A class that the training samples don't have cannot be learned.
      guard others <= classes else {
        throw .data(
          path: part.source, expected: "classes from 0 to \(classes - 1), as in \(set.source)",
          found: "\(others - 1)", remedy: "Give files that belong together.")
      }
      return .classes(try DataSet.joined(labels, more), count: classes)
    case (.numbers(let values, let outputs), .numbers(let more, let others)):
      guard others == outputs else {
        throw .data(
          path: part.source, expected: "\(outputs) targets a sample, as in \(set.source)", found: "\(others)",
          remedy: "Give files that belong together.")
      }
      return .numbers(try DataSet.joined(values, more), outputs: outputs)
    default: throw .library("targets of two kinds")
    }
  }
}
