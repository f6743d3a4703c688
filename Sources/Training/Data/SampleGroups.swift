// Groups of samples, such as people of one origin, for metrics that compare them.
extension DataConfiguration {
  /// The values of the column that says groups; nil where none does.
  func groupKeys() throws(TrainingError) -> [Double]? {
    guard let groupColumn else { return nil }
    let key = "group_column"
    var whole: DataColumn?
    for part in [format, dev, test].compactMap(\.self) {
      guard let column = try part.column(groupColumn, for: key) else {
        throw .invalid(
          subject: "data.group_column", expected: "nothing, for data of \(type(of: part).name)",
          found: groupColumn, remedy: "Leave it out, or give a csv, npz or hdf5 file.")
      }
      whole = whole?.appending(column) ?? column
    }
    return try whole?.ordered(groupColumn, for: key, of: format.files.first ?? "")
  }
}

extension DataSet {
  /// The group of each sample, numbered from 0 in the order of the column's values; nil where no column says
  /// it.
  func groups() throws(TrainingError) -> [Int32]? {
    guard groupKeys != nil else { return nil }
    let keys = try checked(groupKeys, count: count, of: "group_column")
    let places = Dictionary(uniqueKeysWithValues: Set(keys).sorted().enumerated().map { ($1, Int32($0)) })
    return keys.map { places[$0] ?? 0 }
  }
}

extension TrainingData {
  /// The groups of samples `range` of a part; empty where samples are of no groups.
  func groups(_ range: Range<Int>, of part: DataPart) -> [Int32] {
    guard let groups, case .labelled(_, _, _, let split) = content else { return [] }
    return split[part][range].map { groups[Int($0)] }
  }

  /// How many samples of a part each class has in each group that is there; nil where there are no classes,
  /// or no groups.
  func classCountsOfGroups(in part: DataPart) -> [[Int]]? {
    guard let groups, case .labelled(_, _, .classes(let labels, let classes), let split) = content else {
      return nil
    }
    var counts: [Int32: [Int]] = [:]
    labels.withScalars { labels in
      for sample in split[part] {
        counts[groups[Int(sample)], default: Array(repeating: 0, count: classes)][Int(labels[Int(sample)])] +=
          1
      }
    }
    return counts.sorted { $0.key < $1.key }.map(\.value)
  }

  /// What there is of groups, for people.
  static func findings(of groups: [Int32]) -> String {
    let sizes = Dictionary(groups.map { ($0, 1) }, uniquingKeysWith: +).values
    return "\(sizes.count) groups of \(sizes.min() ?? 0) to \(sizes.max() ?? 0) samples"
  }
}
