import Experiments
import Testing
import Training

/// What a user reads when an experiment file is wrong, word for word.
@Suite struct ExperimentErrorTests {
  /// A mistake: what replaces which line of a good file, and what is said about it.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var name: String
    var original: String
    var mistaken: String
    var messages: [String]
    var testDescription: String { name }
  }

  static let good = """
    study: example
    objective: {metric: dev_accuracy, goal: maximize}
    data: digits
    model: {kind: mlp, hidden: [64]}
    training:
      optimizer: {kind: lamb, learning_rate: 0.01}
      batch_size: 64
    search:
      budget_unit: epochs
      space:
        learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
        batch_size: {type: categorical, choices: [32, 64]}
      sampler: sobol
      scheduler: {kind: pbt, population: 4, generations: 3, interval: 2}
    resources: {ranks_per_trial: 1}
    """

  static let mistakes = [
    Mistake(
      name: "two misspelt keys", original: "  batch_size: 64\nsearch:\n  budget_unit: epochs",
      mistaken: "  batchsize: 64\nsearch:\n  buget_unit: epochs",
      messages: [
        "study.yaml:7: training.batchsize: expected a key that training has, found batchsize. Did you mean batch_size?",
        "study.yaml:9: search.buget_unit: expected a key that search has, found buget_unit. Did you mean budget_unit?",
      ]),
    Mistake(
      name: "a wrong type", original: "  batch_size: 64\n", mistaken: "  batch_size: many\n",
      messages: [
        "study.yaml:7: training.batch_size: expected an integer at least 1, found many. Correct the value."
      ]),
    Mistake(
      name: "a quoted number", original: "  batch_size: 64\n", mistaken: "  batch_size: \"64\"\n",
      messages: [
        "study.yaml:7: training.batch_size: expected an integer at least 1, found \"64\". Remove the quotes."
      ]),
    Mistake(
      name: "an impossible range", original: "low: 1e-3, high: 0.1, scale: log",
      mistaken: "low: 0, high: 0.1, scale: log",
      messages: [
        "study.yaml:11: search.space.learning_rate: expected low above 0, because the scale is log, found 0. "
          + "Raise low, or use the linear scale."
      ]),
    Mistake(
      name: "a range upside down", original: "low: 1e-3, high: 0.1, scale: log",
      mistaken: "low: 0.1, high: 0.01",
      messages: [
        "study.yaml:11: search.space.learning_rate: expected low below high, found low 0.1 and high 0.01. "
          + "Widen the range, or give the hyperparameter a fixed value outside the search space."
      ]),
    Mistake(
      name: "a value that the hyperparameter cannot have",
      original: "learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}",
      mistaken: "dropout: {type: float, low: 0, high: 1}",
      messages: [
        "study.yaml:11: search.space.dropout: expected a number at least 0 and below 1, found 1. "
          + "Correct the value, or narrow the range of the search space."
      ]),
    Mistake(
      name: "an unknown hyperparameter", original: "    learning_rate: {", mistaken: "    learning_rat: {",
      messages: [
        "study.yaml:11: search.space.learning_rat: expected a hyperparameter, found learning_rat. "
          + "Did you mean learning_rate?"
      ]),
    Mistake(
      name: "an unknown optimizer", original: "kind: lamb", mistaken: "kind: lamp",
      messages: [
        "study.yaml:6: training.optimizer.kind: expected one of \(OptimizerDescription.all.map(\.name).joined(separator: ", ")), "
          + "found lamp. Did you mean lamb?"
      ]),
    Mistake(
      name: "a batch that the group size can't divide", original: "ranks_per_trial: 1",
      mistaken: "ranks_per_trial: 3",
      messages: [
        "study.yaml:7: training.batch_size: expected a multiple of the 3 ranks of a group (times accumulation 1), "
          + "found 64. Write 63 or 66, or set resources.ranks_per_trial to a divisor.",
        "study.yaml:12: search.space.batch_size: expected a multiple of the 3 ranks of a group (times accumulation 1), "
          + "found 32. Write 30 or 33, or set resources.ranks_per_trial to a divisor.",
      ]),
    Mistake(
      name: "a missing scheduler",
      original: "  scheduler: {kind: pbt, population: 4, generations: 3, interval: 2}\n",
      mistaken: "",
      messages: [
        "study.yaml:8: search.scheduler.kind: expected one of full, median, extrapolation, successive_halving, hyperband, asha, freeze_thaw, bohb, dehb, priorband, pbt, pbt_replay, found nothing. "
          + "Write one of full, median, extrapolation, successive_halving, hyperband, asha, freeze_thaw, bohb, dehb, priorband, pbt, pbt_replay."
      ]),
    Mistake(
      name: "a scheduler's impossible options",
      original: "{kind: pbt, population: 4, generations: 3, interval: 2}",
      mistaken: "{kind: asha, trials: 4, maximum_budget: 3, minimum_budget: 9}",
      messages: [
        "study.yaml:14: search.scheduler.maximum_budget: expected at least minimum_budget, which is 9, found 3. "
          + "Raise maximum_budget, or lower minimum_budget."
      ]),
    Mistake(
      name: "a condition on a later parameter",
      original: "    learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}",
      mistaken: "    learning_rate: {type: float, low: 1e-3, high: 0.1, when: {batch_size: 32}}",
      messages: [
        "study.yaml:11: search.space.learning_rate: expected a condition on a parameter defined before it, "
          + "found batch_size. Define batch_size above it, or correct the name."
      ]),
    Mistake(
      name: "a constraint on an unknown name", original: "  scheduler: {kind: pbt",
      mistaken: "  constraints: [batch_sise <= 64]\n  scheduler: {kind: pbt",
      messages: [
        "study.yaml:14: search.constraints: expected a parameter of the search space at character 1 in batch_sise <= 64, "
          + "found batch_sise. Did you mean batch_size?"
      ]),
    Mistake(
      name: "constraints that allow nothing", original: "  scheduler: {kind: pbt",
      mistaken: "  constraints: [batch_size < 32]\n  scheduler: {kind: pbt",
      messages: [
        "study.yaml:14: search.constraints: expected configurations that the constraints allow, "
          + "found none among 10000 drawn at random. Loosen batch_size < 32, or narrow the ranges to where it holds."
      ]),
    Mistake(
      name: "a prior outside of the range", original: "high: 0.1, scale: log}",
      mistaken: "high: 0.1, scale: log, prior: {value: 1}}",
      messages: [
        "study.yaml:11: search.space.learning_rate: expected a prior's value that is a number from 0.001 to 0.1, "
          + "found 1. Correct the value, or widen the range."
      ]),
    Mistake(
      name: "no power of two", original: "{type: categorical, choices: [32, 64]}",
      mistaken: "{type: power_of_two, low: 33, high: 63}",
      messages: [
        "study.yaml:12: search.space.batch_size.low: expected a power of two from low to high, "
          + "found low 33 and high 63. Write for instance low: 16 and high: 512."
      ]),
    Mistake(
      name: "a baseline out of the space", original: "  scheduler: {kind: pbt",
      mistaken: "  baseline: {learning_rate: 0.5}\n  scheduler: {kind: pbt",
      messages: [
        "study.yaml:14: search.baseline: expected a number from 0.001 to 0.1 for learning_rate, found 0.5. "
          + "Correct the value, or widen the range."
      ]),
    Mistake(
      name: "a goal against the metric", original: "metric: dev_accuracy", mistaken: "metric: dev_loss",
      messages: [
        "study.yaml:2: objective: expected goal: minimize for dev_loss, found maximize. Write goal: minimize."
      ]),
    Mistake(
      name: "broken YAML", original: "  optimizer: {kind: lamb", mistaken: "  optimizer: [kind: lamb",
      messages: [
        "study.yaml:6: expected YAML, found did not find expected ',' or ']'. "
          + "Check indentation, colons and brackets on this line and the one above."
      ]),
    Mistake(
      name: "a text where keys belong", original: "resources: {ranks_per_trial: 1}",
      mistaken: "resources: many",
      messages: [
        "study.yaml:15: resources: expected keys with values, such as `key: value`, found many. "
          + "See docs/experiment-file.md."
      ]),
  ]

  @Test(arguments: mistakes) func `a mistake is named with its line and remedy`(mistake: Mistake) throws {
    let text = Self.good.replacing(mistake.original, with: mistake.mistaken, maxReplacements: 1)
    try #require(text != Self.good)
    do {
      _ = try Experiment(yaml: text, file: "study.yaml")
      Issue.record("the mistake was not seen")
    } catch {
      #expect(error.problems.map(\.description) == mistake.messages)
    }
  }

  @Test func `the file that the mistakes are made in is right`() throws {
    _ = try Experiment(yaml: Self.good, file: "study.yaml")
  }

  @Test func `a missing file is named`() {
    #expect {
      _ = try Experiment(path: "no/such.yaml")
    } throws: { error in
      "\(error)" == "no/such.yaml: expected a readable experiment file in UTF-8, found no such file. "
        + "Correct the path; configs/ has examples."
    }
  }

  /// Any text is an experiment or an error, never a trap.
  @Test(arguments: 0..<300) func `damaged files never trap`(seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    var bytes = Array(Self.good.utf8)
    for _ in 0..<(1 + seed % 8) {
      let place = Int(random.next() % UInt64(bytes.count))
      switch random.next() % 3 {
      case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + 5))
      default:
        bytes.insert(contentsOf: Array("{[-: \n&*\"1e999".utf8).shuffled(using: &random).prefix(4), at: place)
      }
    }
    do {
      _ = try Experiment(yaml: String(decoding: bytes, as: UTF8.self), file: "fuzzed.yaml")
    } catch {
      #expect(!error.problems.isEmpty)
      #expect(error.problems.allSatisfy { $0.location.file == "fuzzed.yaml" })
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a small seeded generator for damage.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
