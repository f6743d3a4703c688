/// A JSON text, of which numbers are replaced.
indirect enum NumberTree: Codable, Sendable {
  case flag(Bool)
  case whole(Int)
  case number(Double)
  case text(String)
  case list([NumberTree])
  case object([String: NumberTree])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .whole(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([NumberTree].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: NumberTree].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .flag(let value): try container.encode(value)
    case .whole(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// The trees in which one number is another one.
  func replacing(by extreme: NumberTree) -> [NumberTree] {
    switch self {
    case .flag, .text: []
    case .whole, .number: [extreme]
    case .list(let values):
      values.indices.flatMap { place in
        values[place].replacing(by: extreme).map { value in
          var changed = values
          changed[place] = value
          return .list(changed)
        }
      }
    case .object(let members):
      members.keys.sorted().flatMap { key in
        (members[key]?.replacing(by: extreme) ?? []).map { value in
          var changed = members
          changed[key] = value
          return .object(changed)
        }
      }
    }
  }

  /// The tree in which all whole numbers are another one.
  func replacingAll(by extreme: NumberTree) -> NumberTree {
    switch self {
    case .whole: extreme
    case .flag, .text, .number: self
    case .list(let values): .list(values.map { $0.replacingAll(by: extreme) })
    case .object(let members): .object(members.mapValues { $0.replacingAll(by: extreme) })
    }
  }
}
