import Experiments
import Testing

/// Every number of every key has a greatest value, and is written in one way.
@Suite struct NumberTests {
  static let wild = [
    "1e400", "-1e400", ".inf", "-.inf", ".nan", "nan", "0x10", "0o17", "1_000", "1e19", "9223372036854775808",
    "-9223372036854775808", "18446744073709551616", "1e300", "-1e300", String(repeating: "9", count: 500),
    "0." + String(repeating: "3", count: 500), "1e", "--1", "1,5", "5e-324",
  ]

  /// Every key of the reference, each with some of the wild numbers: read or refused in words.
  @Test(arguments: 0..<4) func `no key traps on a wild number`(shift: Int) {
    let text = experiment(space: "learning_rate: {type: float, low: 1e-3, high: 0.1}")
    for (place, path) in ExperimentReference.paths.enumerated() {
      let number = Self.wild[(place + 5 * shift) % Self.wild.count]
      let path = path.replacing("NAME", with: "learning_rate").replacing("OTHER", with: "batch_size")
        .replacing("METRIC", with: "parameters")
      for message in problems(text, settings: ["\(path)=\(number)"]) {
        #expect(message.contains("expected ") && message.count < 3000, "\(path)=\(number): \(message)")
      }
    }
  }

  @Test(arguments: [
    ("training.batch_size=1_000", "expected an integer at least 1, found 1_000. Write 1000."),
    (
      "training.batch_size=0x10",
      "expected an integer at least 1, found 0x10. Write it in decimal digits: 16."
    ),
    ("training.batch_size=64.5", "expected an integer at least 1, found 64.5. Correct the value."),
    (
      "search.scheduler.trials=1000000001",
      "expected an integer at most 1000000000, found 1000000001. Write a number that is not so great."
    ),
    (
      "seed=9223372036854775808",
      "expected an integer at most 9223372036854775807, found 9223372036854775808. "
        + "Write a number that is not so great."
    ),
    (
      "checkpoint.seconds=1e16",
      "expected a number from -1e15 to 1e15, found 1e16. Write a number that is not so great."
    ),
    ("checkpoint.seconds=.inf", "expected a number at least 0, found .inf. Write a finite number."),
    (
      "training.batch_size=1,000",
      "expected an integer at least 1, found 1,000. Write 1000, or with a point what is meant as a fraction."
    ),
    ("training.batch_size=1,000,000", "expected an integer at least 1, found 1,000,000. Write 1000000."),
    ("checkpoint.seconds=1,5", "expected a number at least 0, found 1,5. Write 1.5."),
    (
      "checkpoint.seconds=1e400",
      "expected a number from -1e15 to 1e15, found 1e400. Write a number that is not so great."
    ),
    ("resources.ranks_per_trial=1000001", "expected an integer at most 1000000, found 1000001."),
    ("search.replicates=1001", "expected an integer at most 1000, found 1001."),
  ])
  func `a number in another notation, or too great, is named`(setting: String, message: String) {
    let text = experiment(space: "learning_rate: {type: float, low: 1e-3, high: 0.1}")
    let found = problems(text, settings: [setting])
    #expect(found.count == 1 && found[0].contains(message), "\(found)")
  }

  @Test func `an integer may be written as a number without a fraction`() throws {
    let text = experiment(space: "learning_rate: {type: float, low: 1e-3, high: 0.1}")
    let settings = ["training.batch_size=6.4e1", "search.scheduler.trials=1e3", "seed=+7"]
    let experiment = try Experiment(yaml: text, file: "study.yaml", settings: settings)
    #expect(experiment.trainee.training?.batchSize == 64 && experiment.seed == 7)
    #expect(experiment.scheduler.extent.value == 1000)
  }

  @Test func `lists have a greatest length`() {
    let many = String(repeating: "1, ", count: 20_000)
    for (setting, path) in [
      ("model.hidden=[\(many)1]", "model.hidden"),
      ("search.space.batch_size={type: ordinal, values: [\(many)1]}", "search.space.batch_size.values"),
      ("search.first=[\(String(repeating: "{}, ", count: 20_000)){}]", "search.first"),
    ] {
      let text = experiment(space: "learning_rate: {type: float, low: 1e-3, high: 0.1}")
      let found = problems(text, settings: [setting])
      #expect(found.count == 1 && found[0].contains("\(path): expected a list of at most"), "\(found)")
      #expect(found.allSatisfy { $0.count < 500 })
    }
  }

  @Test func `a name is no longer than that of a directory may be`() {
    let text = experiment(space: "learning_rate: {type: float, low: 1e-3, high: 0.1}")
    #expect(problems(text, settings: ["study=\(String(repeating: "a", count: 255))"]) == [])
    let found = problems(text, settings: ["study=\(String(repeating: "a", count: 300))"])
    #expect(found.count == 1 && found[0].hasSuffix("Shorten it; it has 300."))
  }
}
