/// A column of a table, or an array beside the samples: one value a sample.
public enum DataColumn: Sendable {
  case numbers([Double])
  case texts([String])

  /// Both, one after the other; numbers become texts beside texts.
  func appending(_ other: Self) -> Self {
    if case .numbers(let own) = self, case .numbers(let more) = other { return .numbers(own + more) }
    return .texts(texts + other.texts)
  }

  private var texts: [String] {
    switch self {
    case .numbers(let numbers): numbers.map { HyperparameterValue.number($0).description }
    case .texts(let texts): texts
    }
  }

  /// Numbers, or the places of texts in the order of all of them.
  ///
  /// - Parameters:
  ///   - name: of the column.
  ///   - key: that names it in an experiment.
  ///   - path: what errors call the data.
  /// - Throws: `TrainingError.data` for a text among numbers.
  func ordered(_ name: String, for key: String, of path: String) throws(TrainingError) -> [Double] {
    switch self {
    case .numbers(let numbers): return numbers
    case .texts(let texts):
      if let odd = texts.oddText {
        throw .data(
          path: path, expected: "numbers throughout, or no number, in the column \(name) of \(key)",
          found: odd, remedy: "Correct it, or remove the line.")
      }
      return texts.orderedValues
    }
  }
}

extension DataSet {
  /// The values of a column once they are seen to be one a sample, and finite.
  ///
  /// - Parameters:
  ///   - count: of the samples that have one.
  ///   - key: that names the column in an experiment.
  func checked(_ values: [Double]?, count: Int, of key: String) throws(TrainingError) -> [Double] {
    guard let values, values.count == count else {
      throw .data(
        path: source, expected: "\(count) values of the column that \(key) names, one a sample",
        found: "\(values?.count ?? 0)", remedy: "Name a column, or an array of [samples].")
    }
    if let sample = values.firstIndex(where: { !$0.isFinite }) {
      throw .data(
        path: source, expected: "finite numbers in the column that \(key) names",
        found: "\(values[sample]) for sample \(sample)", remedy: "Say of every sample where it belongs.")
    }
    return values
  }
}

extension [String] {
  /// The first text that is no number beside ones that are; nil where there is none.
  var oddText: String? {
    contains { Double($0) != nil } ? first { Double($0)?.isFinite != true } : nil
  }

  /// Numbers where all are, else the places of texts in their order, as of dates such as 2024-05-31.
  var orderedValues: [Double] {
    let numbers = compactMap { Double($0) }
    if numbers.count == count, numbers.allSatisfy(\.isFinite) { return numbers }
    let places = Dictionary(uniqueKeysWithValues: Set(self).sorted().enumerated().map { ($1, Double($0)) })
    return map { places[$0] ?? 0 }
  }
}
