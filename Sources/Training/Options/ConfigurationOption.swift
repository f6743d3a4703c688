/// An option of a group: a key of its section in an experiment file, a member of its record in a journal, and,
/// where it is a single value, a hyperparameter that a search may choose. By one name it has one meaning and one
/// range in all groups that have it.
public struct ConfigurationOption<Group: Sendable>: Sendable {
  typealias Path<Value> = WritableKeyPath<Group, Value> & Sendable

  let name: String
  /// Nil where it is no single value.
  private(set) var row: Row?
  /// Nil where other keys say the same in a file.
  let key: Key?

  /// A row of the table of hyperparameters.
  struct Row: Sendable {
    let summary: String
    let kind: Hyperparameter.Kind
    let isLive: Bool
    /// What it needs so that it means something, such as `with a hidden layer`; nil when it always does.
    var needs: String?
    let isApplicable: @Sendable (Group) -> Bool
    /// Whether the rest of the configuration lets it mean something.
    var isApplicableIn: @Sendable (TrainingConfiguration) -> Bool = { _ in true }
    let read: @Sendable (Group) -> HyperparameterValue?
    let write: @Sendable (inout Group, HyperparameterValue) -> Void
  }

  /// A key of a file and a member of a record.
  struct Key: Sendable {
    let ask: @Sendable (any KeyReader, inout Group) -> Void
    let decode: @Sendable (KeyedDecodingContainer<NameKey>, inout Group) throws -> Void
    let encode: @Sendable (Group, inout KeyedEncodingContainer<NameKey>) throws -> Void
  }

  init(_ name: String, row: Row?, key: Key?) {
    (self.name, self.row, self.key) = (name, row, key)
  }

  /// The same, but nothing that a search may choose.
  var unsearched: Self {
    var copy = self
    copy.row = nil
    return copy
  }

  /// The same where the rest of the configuration is of a kind, such as one with `data of images`.
  func needing(_ words: String, _ isMet: @escaping @Sendable (TrainingConfiguration) -> Bool) -> Self {
    var copy = self
    copy.row?.needs = words
    copy.row?.isApplicableIn = isMet
    return copy
  }
}

/// Whether a record has an option even where it is as it is where nobody says. Those of the first versions
/// were always written, and records of equal studies stay equal.
enum Recording { case always, wherePlanned }

extension ConfigurationOption where Group: ConfigurationGroup {
  static func number(
    _ name: String, _ range: NumberRange, _ path: any Path<Double>, isLive: Bool = false, _ summary: String,
    needs: String? = nil, _ recording: Recording = .wherePlanned,
    where isApplicable: @escaping @Sendable (Group) -> Bool = { _ in true }
  ) -> Self {
    Self(
      name,
      row: Row(
        summary: summary, kind: .number(range), isLive: isLive, needs: needs, isApplicable: isApplicable,
        read: { .number($0[keyPath: path]) },
        write: { if case .number(let number) = $1 { $0[keyPath: path] = number } }),
      key: .value(name, .number(range), recording, path, as: HyperparameterValue.number) {
        if case .number(let number) = $0 { number } else { nil }
      })
  }

  static func integer(
    _ name: String, low: Int, high: Int, _ path: any Path<Int>, _ summary: String,
    _ recording: Recording = .wherePlanned
  ) -> Self {
    Self(
      name,
      row: Row(
        summary: summary, kind: .integer(low: low, high: high), isLive: false, needs: nil,
        isApplicable: { _ in true },
        read: { .number(Double($0[keyPath: path])) },
        write: { if case .number(let number) = $1 { $0[keyPath: path] = Int(number) } }),
      key: .value(
        name, .integer(low: low, high: high), recording, path, as: { HyperparameterValue.number(Double($0)) }
      ) {
        if case .number(let number) = $0 { Int(exactly: number) } else { nil }
      })
  }

  static func choice<
    Choice: RawRepresentable<String> & CaseIterable & Codable & Equatable & SendableMetatype
  >(
    _ name: String, _ path: any Path<Choice>, _ summary: String, _ recording: Recording = .wherePlanned
  ) -> Self {
    let kind = Hyperparameter.Kind.text(Choice.allCases.map(\.rawValue))
    return Self(
      name,
      row: Row(
        summary: summary, kind: kind, isLive: false, needs: nil, isApplicable: { _ in true },
        read: { .text($0[keyPath: path].rawValue) },
        write: {
          if case .text(let text) = $1, let choice = Choice(rawValue: text) { $0[keyPath: path] = choice }
        }),
      key: .value(name, kind, recording, path, as: { HyperparameterValue.text($0.rawValue) }) {
        if case .text(let text) = $0 { Choice(rawValue: text) } else { nil }
      })
  }

  static func truth(_ name: String, _ path: any Path<Bool>, _ summary: String) -> Self {
    let kind = Hyperparameter.Kind.text(["false", "true"])
    return Self(
      name,
      row: Row(
        summary: summary, kind: kind, isLive: false, needs: nil, isApplicable: { _ in true },
        read: { .text(String($0[keyPath: path])) },
        write: { if case .text(let text) = $1 { $0[keyPath: path] = text == "true" } }),
      key: .value(name, kind, .wherePlanned, path, as: { HyperparameterValue.text(String($0)) }) {
        $0 == .text("true")
      })
  }

  /// Several numbers, which no search chooses as one.
  static func integers(
    _ name: String, atLeast low: Int, atMost count: Int, _ path: any Path<[Int]>
  ) -> Self {
    Self(
      name, row: nil,
      key: Key(
        ask: {
          $1[keyPath: path] = $0.integers(name, atLeast: low, atMost: count, default: $1[keyPath: path])
        },
        decode: { $1[keyPath: path] = try $0.decode([Int].self, forKey: NameKey(name)) },
        encode: { try $1.encode($0[keyPath: path], forKey: NameKey(name)) }))
  }

  /// A list of records, which no search chooses.
  ///
  /// - Parameters:
  ///   - expected: completes "expected", such as `a list of patterns`.
  ///   - read: asks for the keys of one.
  static func parts<Part: Codable & Equatable & Sendable>(
    _ name: String, expected: String, _ path: any Path<[Part]>,
    _ read: @escaping @Sendable (any KeyReader) -> Part
  ) -> Self {
    Self(
      name, row: nil,
      key: Key(
        ask: { $1[keyPath: path] = $0.parts(name, expected: expected) { read($0) } },
        decode: {
          $1[keyPath: path] = try $0.decodeIfPresent([Part].self, forKey: NameKey(name)) ?? $1[keyPath: path]
        },
        encode: {
          let parts = $0[keyPath: path]
          if !parts.isEmpty { try $1.encode(parts, forKey: NameKey(name)) }
        }))
  }

  /// The path of a file, which no search chooses.
  static func path(_ name: String, _ path: any Path<String>, remedy: String) -> Self {
    Self(
      name, row: nil,
      key: Key(
        ask: { $1[keyPath: path] = $0.requiredText(name, remedy: remedy) },
        decode: { $1[keyPath: path] = try $0.decode(String.self, forKey: NameKey(name)) },
        encode: { try $1.encode($0[keyPath: path], forKey: NameKey(name)) }))
  }

  /// A hyperparameter that other keys of a file say.
  static func derived(
    _ name: String, low: Int, high: Int, _ summary: String, needs: String,
    where isApplicable: @escaping @Sendable (Group) -> Bool,
    read: @escaping @Sendable (Group) -> Int?, write: @escaping @Sendable (inout Group, Int) -> Void
  ) -> Self {
    Self(
      name,
      row: Row(
        summary: summary, kind: .integer(low: low, high: high), isLive: false, needs: needs,
        isApplicable: isApplicable,
        read: { read($0).map { .number(Double($0)) } },
        write: { if case .number(let number) = $1 { write(&$0, Int(number)) } }),
      key: nil)
  }
}

extension ConfigurationOption.Key where Group: ConfigurationGroup {
  /// A single value.
  fileprivate static func value<Value: Codable & Equatable>(
    _ name: String, _ kind: Hyperparameter.Kind, _ recording: Recording,
    _ path: any ConfigurationOption.Path<Value>,
    as hyperparameter: @escaping @Sendable (Value) -> HyperparameterValue,
    from value: @escaping @Sendable (HyperparameterValue) -> Value?
  ) -> Self {
    Self(
      ask: { keys, shape in
        let read = keys.value(name, of: kind, default: hyperparameter(shape[keyPath: path]))
        if let found = value(read) { shape[keyPath: path] = found }
      },
      decode: { container, shape in
        if let found = try container.decodeIfPresent(Value.self, forKey: NameKey(name)) {
          shape[keyPath: path] = found
        }
      },
      encode: { shape, container in
        let value = shape[keyPath: path]
        if recording == .always || value != Group()[keyPath: path] {
          try container.encode(value, forKey: NameKey(name))
        }
      })
  }
}

/// A key that is any name.
struct NameKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

/// A part of a configuration that is a list of options: a model's sizes, what regularizes it.
///
/// A study's journal holds the options by their names, so what an earlier version wrote must stay readable.
public protocol ConfigurationGroup: Codable, Equatable, Sendable {
  /// Its keys in a file and the hyperparameters that a search may choose, in the order in which they must be
  /// set: what others depend on comes first.
  static var options: [ConfigurationOption<Self>] { get }

  /// With every option as it is where nobody says.
  init()
}

extension ConfigurationGroup {
  /// Asks an experiment for the keys.
  init(reading keys: some KeyReader) {
    self.init()
    for option in Self.options { option.key?.ask(keys, &self) }
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.container(keyedBy: NameKey.self)
    for option in Self.options { try option.key?.decode(container, &self) }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    for option in Self.options { try option.key?.encode(self, &container) }
  }
}
