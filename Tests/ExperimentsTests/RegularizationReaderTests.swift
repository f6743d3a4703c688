import Experiments
import Testing
import Training

@Suite struct RegularizationReaderTests {
  private static func text(_ training: String) -> String {
    experiment(
      space: "l1: {type: float, low: 0, high: 0.1}", training: training,
      scheduler: "{kind: full, trials: 4, budget: 3}")
  }

  @Test func `options are read, written out with their defaults, and read again`() throws {
    let text = Self.text(
      """
      {averaging: swa, averaging_start: 1.5, averaging_every: unit, clip_value: 3, max_norm: 2, layer_decay: 0.5,
        layer_rates: [{match: "*.bias", rate: 2}, {match: layers.1.*, decay: 0}], shard_optimizer: true}
      """)
    let experiment = try Experiment(yaml: text, file: "study.yaml")
    let training = try #require(experiment.trainee.training)
    #expect(training.averaging.kind == .swa && training.averaging.start == 1.5)
    #expect(training.averaging.every == .unit)
    #expect(training.clipping.value == 3 && training.regularization.maxNorm == 2)
    #expect(training.layerRates.layerDecay == 0.5)
    #expect(
      training.layerRates.rules == [.init(match: "*.bias", rate: 2), .init(match: "layers.1.*", decay: 0)])
    #expect(training.sharding.isOn)
    #expect(experiment.resolved.contains("averaging_batches: 16"))
    #expect(try Experiment(yaml: experiment.resolved, file: "resolved.yaml").trainee == experiment.trainee)
  }

  static let mistakes: [(training: String, message: String)] = [
    (
      "{layer_rates: [{rate: 2}]}",
      "4: training.layer_rates.1.match: expected a text, found nothing. Write, for example, match: head.*."
    ),
    (
      "{layer_rates: [{match: a}, {match: head.*, rat: 2}]}",
      "4: training.layer_rates.2.rat: expected a key that training.layer_rates.2 has, found rat. Did you mean rate?"
    ),
    (
      "{layer_rates: 3}",
      "4: training.layer_rates: expected a list of patterns with factors, found 3. Correct the value."
    ),
    (
      "{averaging: emma}",
      "4: training.averaging: expected one of none, ema, swa, found emma. Did you mean ema?"
    ),
  ]

  @Test(arguments: mistakes.indices)
  func `a mistake is told with its line and remedy`(index: Int) {
    #expect(problems(Self.text(Self.mistakes[index].training)) == [Self.mistakes[index].message])
  }
}
