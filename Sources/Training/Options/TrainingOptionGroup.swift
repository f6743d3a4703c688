/// Options of an experiment's section `training` that belong together, such as what regularizes.
///
/// One more option is a line of its group; one more group a file, a property of `TrainingConfiguration` and a line
/// of `TrainingOptionGroups`. The table of hyperparameters, the reader, the records, the reference and validation
/// follow from there. What is as it is where nobody says is not written into records.
public protocol TrainingOptionGroup: ConfigurationGroup {
  /// What is wrong with the group in this configuration, beyond the ranges of its options.
  func problems(in configuration: TrainingConfiguration) -> [TrainingError]
}

extension TrainingOptionGroup {
  public func problems(in configuration: TrainingConfiguration) -> [TrainingError] { [] }
}

/// The groups that there are.
public enum TrainingOptionGroups {
  static let all: [TrainingOptionPlace] = [
    TrainingOptionPlace(\.clipping), TrainingOptionPlace(\.regularization), TrainingOptionPlace(\.averaging),
    TrainingOptionPlace(\.layerRates), TrainingOptionPlace(\.sharding), TrainingOptionPlace(\.batching),
    TrainingOptionPlace(\.augmentation), TrainingOptionPlace(\.features), TrainingOptionPlace(\.cooldown),
    TrainingOptionPlace(\.stopping), TrainingOptionPlace(\.arithmetic),
  ]

  /// Asks the section `training` of an experiment for the keys of all groups.
  public static func read(_ keys: some KeyReader, into configuration: inout TrainingConfiguration) {
    for place in all { place.read(keys, &configuration) }
  }
}

/// Where a configuration has a group.
struct TrainingOptionPlace: Sendable {
  let rows: [TrainingHyperparameter]
  let read: @Sendable (any KeyReader, inout TrainingConfiguration) -> Void
  let problems: @Sendable (TrainingConfiguration) -> [TrainingError]

  init<Group: TrainingOptionGroup>(_ path: any WritableKeyPath<TrainingConfiguration, Group> & Sendable) {
    rows = Group.options.compactMap { option in
      option.row.map { row in
        TrainingHyperparameter(
          option.name, row, needs: row.needs, from: { $0[keyPath: path] }, to: { $0[keyPath: path] = $1 })
      }
    }
    read = { keys, configuration in configuration[keyPath: path] = Group(reading: keys) }
    problems = { $0[keyPath: path].problems(in: $0) }
  }
}

extension TrainingHyperparameter {
  /// The row of an option.
  ///
  /// - Parameter group: nil in a configuration that has no such group.
  init<Group>(
    _ name: String, _ row: ConfigurationOption<Group>.Row, needs: String?,
    from group: @escaping @Sendable (TrainingConfiguration) -> Group?,
    to put: @escaping @Sendable (inout TrainingConfiguration, Group) -> Void
  ) {
    self.init(
      name: name, summary: row.summary, kind: row.kind, isLive: row.isLive, applicability: needs,
      isApplicable: { configuration in
        row.isApplicableIn(configuration) && group(configuration).map(row.isApplicable) ?? false
      },
      read: { group($0).flatMap(row.read) },
      write: { configuration, value in
        guard var changed = group(configuration) else { return }
        row.write(&changed, value)
        put(&configuration, changed)
      })
  }
}

// Records without a group mean one with every option as it is where nobody says, and no record has such a group. The
// compiler's own encoding of a structure chooses these where a member is a group.
extension KeyedDecodingContainer {
  func decode<Group: TrainingOptionGroup>(_ type: Group.Type, forKey key: Key) throws -> Group {
    try decodeIfPresent(type, forKey: key) ?? Group()
  }
}

extension KeyedEncodingContainer {
  mutating func encode<Group: TrainingOptionGroup>(_ group: Group, forKey key: Key) throws {
    if group != Group() { try encodeIfPresent(group, forKey: key) }
  }
}
