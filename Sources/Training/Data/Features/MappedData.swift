extension TrainingData {
  /// The same data with features that are fitted to the samples that train here.
  ///
  /// They are computed as samples are gathered, so nothing is copied, and the memory that a node's ranks
  /// share stays shared. Linear in the number of training samples, and quadratic in the features where there
  /// are components.
  ///
  /// - Throws: as `shaped(by:)`; `TrainingError.memory` when there is no room to fit them.
  func mapped(by wanted: Features) throws(TrainingError) -> TrainingData {
    var copy = try shaped(by: wanted)
    guard wanted.changeSamples, case .labelled(.memory(let memory), let size, _, let split) = content,
      case .samples(let shape, _, _) = form, let standardization
    else { return copy }
    let places = encoding?.places(keptBy: wanted.columns)
    copy.features = try memory.withScalars { scalars throws(TrainingError) in
      try FeatureMap(
        wanted, of: scalars, size: size, standardization, area: Standardization.area(of: shape),
        places: places, indices: split.train)
    }
    return copy
  }

  /// The same data in the form that its features will have, of which no number is computed yet: what a check
  /// needs.
  ///
  /// - Throws: `TrainingError.invalid` for data that stay in a file or are shrunk, for too many features, for
  ///   a column that is not there, and where all are left out.
  package func shaped(by wanted: Features) throws(TrainingError) -> TrainingData {
    if let unknown = unknownColumn(of: wanted) {
      throw Self.unknown(unknown, "The columns are \(columnNames.joined(separator: ", ")).")
    }
    guard wanted.changeSamples else { return self }
    guard case .labelled(.memory, var size, _, _) = content, case .samples(_, let targets, _) = form,
      average == nil
    else {
      throw .invalid(
        subject: "feature_scaling", expected: "samples in memory, at their full resolution",
        found: average == nil ? "samples that are read on demand, or a text" : "a resolution below 1",
        remedy: "Leave feature_scaling, feature_degree and feature_components out.")
    }
    let isNarrower = wanted.columns.values.contains(false)
    if isNarrower, let encoding {
      size = encoding.places(keptBy: wanted.columns).count
      guard size > 0 else { throw noColumn }
    }
    let width = try FeatureMap.width(of: wanted, size: size)
    var copy = self
    if wanted.degree > 1 || wanted.components > 0 || isNarrower {
      // Principal components are numbers of all columns.
      let categories = wanted.components > 0 ? [] : encoding?.categories(usedBy: wanted.columns) ?? []
      copy.form = .samples(shape: [width], targets: targets, categories: categories)
    }
    return copy
  }
}

// Columns of a table that a trial leaves out.
extension TrainingData {
  /// What features may be left out; empty for what is no table.
  package var columnNames: [String] { encoding?.features.map(\.name) ?? [] }

  /// A column that is to be used or left out, and is not there.
  package func unknownColumn(of wanted: Features) -> String? {
    let names = Set(columnNames)
    return wanted.columns.keys.sorted().first { !names.contains($0) }
  }

  /// False where all columns of the table are left out.
  package func leavesColumns(_ wanted: Features) -> Bool {
    encoding.map { !$0.places(keptBy: wanted.columns).isEmpty } ?? true
  }

  package static func unknown(_ column: String, _ remedy: String) -> TrainingError {
    .invalid(
      subject: "\(Features.columnPrefix)\(column)", expected: "a column of features of the table",
      found: column, remedy: remedy)
  }

  private var noColumn: TrainingError {
    .invalid(
      subject: "unused_columns", expected: "a column of features that is used",
      found: "none: \(columnNames.joined(separator: ", ")) are all left out",
      remedy: "Use one of them, or keep the search from leaving all out by search.constraints.")
  }
}

extension TableEncoding {
  /// The numbers of a sample that come from columns which are not left out, ascending.
  ///
  /// - Parameter columns: by name, false for those that are left out.
  func places(keptBy columns: [String: Bool]) -> [Int32] {
    var (places, first) = ([Int32](), Int32(0))
    for feature in features {
      let end = first + Int32(feature.column.width)
      if columns[feature.name] ?? true { places += first..<end }
      first = end
    }
    return places
  }

  /// The features of each column of categories, ascending, where only those of columns that are used are counted.
  ///
  /// - Parameter columns: by name, false for those that are left out.
  func categories(usedBy columns: [String: Bool]) -> [Range<Int>] {
    var (ranges, first) = ([Range<Int>](), 0)
    for feature in features where columns[feature.name] ?? true {
      let end = first + feature.column.width
      if case .categories = feature.column { ranges.append(first..<end) }
      first = end
    }
    return ranges
  }
}
