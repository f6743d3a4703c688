import Randomness
import Yams

/// Damages experiments: wrong numbers and types, what is missing or doubled, misspelt, swapped.
struct ExperimentMutator {
  var random: CounterGenerator

  /// A text with `path`, such as `search.space.NAME.low`, damaged, and perhaps one or two other places.
  mutating func mutated(_ document: Node, at path: [String]) -> Node {
    var document = change(document, at: path[...])
    for _ in 0..<(random.next() % 4 == 0 ? 1 + Int(random.next() % 2) : 0) {
      document = changeAnywhere(document)
    }
    return document
  }

  /// The mapping on the way to the key that the path means; placeholders mean any key that is there.
  private mutating func change(_ node: Node, at path: ArraySlice<String>) -> Node {
    guard let first = path.first, var mapping = node.mapping else { return value(near: node) }
    let isPlaceholder = first == first.uppercased() && !mapping.isEmpty
    let key = isPlaceholder ? pick(Array(mapping.keys)) : Node(first)
    if path.count == 1 { return changeKey(key, of: mapping) }
    mapping[key] = change(mapping[key] ?? Node([(Node, Node)]()), at: path.dropFirst())
    return .mapping(mapping)
  }

  private mutating func changeAnywhere(_ node: Node) -> Node {
    guard var mapping = node.mapping, !mapping.isEmpty, random.next() % 5 > 0 else {
      return value(near: node)
    }
    let key = pick(Array(mapping.keys))
    if random.next() % 3 == 0 { return changeKey(key, of: mapping) }
    mapping[key] = changeAnywhere(mapping[key] ?? Node(""))
    return .mapping(mapping)
  }

  /// The key gone, doubled, misspelt or swapped; mostly with another value.
  private mutating func changeKey(_ key: Node, of mapping: Node.Mapping) -> Node {
    var mapping = mapping
    let old = mapping[key] ?? Node("1")
    switch random.next() % 16 {
    case 0:
      return Node(mapping.filter { $0.key != key }.map { ($0.key, $0.value) })
    case 1:
      return Node(mapping.map { ($0.key, $0.value) } + [(key, value(near: old))])
    case 2:
      return Node(mapping.map { ($0.key == key ? Node((key.string ?? "") + "x") : $0.key, $0.value) })
    case 3 where mapping.count > 1:
      let other = pick(Array(mapping.keys))
      let value = mapping[other] ?? old
      mapping[other] = old
      mapping[key] = value
      return .mapping(mapping)
    default:
      mapping[key] = value(near: old)
      return .mapping(mapping)
    }
  }

  /// Another value for one that is there: mostly a number in the place of a number.
  private mutating func value(near old: Node) -> Node {
    if let number = old.scalar.flatMap({ Double($0.string) }), random.next() % 2 == 0 {
      let factor = pick([-1, 0, 0.5, 2, 3, 10, 1000, 1e9])
      let near = pick([number * factor, number + 1, number - 1, number / 3])
      return Node(near == near.rounded() && abs(near) < 1e15 ? String(Int(near)) : String(near))
    }
    switch random.next() % 8 {
    case 0...3: return Node(pick(Self.numbers))
    case 4: return Node(pick(Self.words))
    case 5: return Node(pick(Self.numbers), .implicit, .doubleQuoted)
    case 6:
      let elements = (0..<Int(random.next() % 4)).map { _ in Node(pick(Self.numbers + Self.words)) }
      return Node(elements, .implicit, .flow)
    default:
      let pairs = (0..<Int(random.next() % 3)).map { _ in
        (Node(pick(Self.words)), Node(pick(Self.numbers + Self.words)))
      }
      return Node(pairs, .implicit, .flow)
    }
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(random.next() % UInt64(elements.count))]
  }

  private static let numbers = [
    "0", "-0", "1", "-1", "2", "3", "4", "5", "7", "8", "10", "16", "64", "100", "255", "256", "1000",
    "65536",
    "1000000", "1e3", "64.0", "0.5", "0.25", "0.1", "0.9", "0.999999", "1.5", "1e-9", "5e-324", "-0.5", "1e9",
    "1000000000", "1000000001", "2147483647", "2147483648", "-2147483649", "4294967296", "1099511627776",
    "1e12", "1e15", "1e16", "9007199254740993", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "18446744073709551615", "18446744073709551616", "1e19", "1e100", "1e300",
    "-1e300",
    "1.7976931348623157e308", "1e400", "-1e400", ".inf", "-.inf", ".nan", "nan", "inf", "0x10", "0o17",
    "1_000", "1,5", "1e", "+5", ".5", "5.", "00012", String(repeating: "9", count: 400),
  ]

  private static let words = [
    "true", "false", "null", "~", "", " ", "x", "yes", "digits", "idx", "hdf5", "text", "mlp", "resnet",
    "transformer", "sgd", "adamw", "lamb", "constant", "cosine", "step", "exponential", "none", "linear",
    "square_root", "batch", "layer", "relu", "float", "integer", "ordinal", "categorical", "fixed",
    "power_of_two", "log", "logit", "full", "median", "asha", "pbt", "hyperband", "pbt_replay", "dehb",
    "freeze_thaw", "random", "grid", "gp", "tpe", "ehvi", "nsga2", "cma-es", "transfer", "maximize",
    "minimize",
    "dev_loss", "dev_accuracy", "latency_ms", "parameters", "learning_rate", "batch_size", "hidden_layers",
    "hidden_width", "heads", "depth", "width", "momentum", "dropout", "warmup", "optimizer", "steps",
    "epochs",
    "synchronous", "asynchronous", "cpu", "truncation", "bandit", "é", "a b", "<<", "*x", "&x", "!x", "#",
    "learning_rate < 1", "batch_size / 0 < 1", "../x", "/", ".", String(repeating: "a", count: 300),
  ]
}
