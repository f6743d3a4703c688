import Experiments
import Foundation
import Search
import Testing
import Training

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

@Suite struct ExperimentTests {
  @Test(arguments: [
    "digits-pbt", "digits-hyperband", "digits-freeze-thaw", "digits-asha", "digits-random",
    "digits-one-cycle", "mnist-pbt", "shakespeare-pbt", "fashion-mnist-cnn",
  ])
  func `every example is right and is called like its study`(name: String) throws {
    let experiment = try Experiment(path: root.appending(path: "configs/\(name).yaml").path)
    #expect(experiment.study == name)
  }

  @Test func `the built-in experiment is the example of the same name`() throws {
    let text = try String(contentsOf: root.appending(path: Experiment.builtInName), encoding: .utf8)
    #expect(Experiment.builtInText == text)
  }

  @Test(arguments: [
    "digits-pbt", "digits-hyperband", "digits-freeze-thaw", "digits-asha", "digits-one-cycle",
    "shakespeare-pbt", "fashion-mnist-cnn",
  ])
  func `the resolved file means the same and resolves to itself`(name: String) throws {
    let experiment = try Experiment(path: root.appending(path: "configs/\(name).yaml").path)
    let again = try Experiment(yaml: experiment.resolved, file: "resolved.yaml")
    #expect(again == experiment)
  }

  @Test func `values reach the configuration`() throws {
    let experiment = try Experiment(
      yaml: """
        study: all
        seed: 7
        objective: {metric: dev_loss, goal: minimize}
        data: {kind: idx, images: a.gz, labels: b.gz, split: {train: 0.5, dev: 0.3, test: 0.2}}
        model: {kind: resnet, depth: 8, width: 4}
        training:
          optimizer: {kind: sgd, learning_rate: 0.2, momentum: 0.5, weight_decay: 0}
          schedule: {warmup: 2, decay: cosine, final_fraction: 0.1}
          batch_size: 48
          gradient_clip: 0
          label_smoothing: 0.1
          accumulation: 2
        search:
          budget_unit: steps
          replicates: 3
          cross_validation: true
          sampler: {kind: transfer, from: [runs/earlier, trials.csv], starts: 4}
          space:
            optimizer: {type: categorical, choices: [sgd, adamw]}
            momentum: {type: float, low: 0.1, high: 0.9, when: {optimizer: sgd}}
            batch_size: {type: categorical, choices: [48, 96]}
          scheduler: {kind: hyperband, maximum_budget: 81}
        resources: {ranks_per_trial: 2, threads_per_rank: 3, device: cuda}
        checkpoint: {seconds: 5}
        """, file: "all.yaml")
    #expect(experiment.seed == 7)
    #expect(experiment.trainee.training?.data == .idx(images: "a.gz", labels: "b.gz"))
    #expect(experiment.trainee.training?.split == SplitFractions(train: 0.5, dev: 0.3, test: 0.2))
    #expect(experiment.trainee.training?.optimizer.kind == .sgd)
    #expect(experiment.trainee.training?.optimizer.momentum == 0.5)
    #expect(experiment.trainee.training?.gradientClip == 0)
    #expect(experiment.trainee.training?.threads == 3)
    #expect(experiment.trainee.training?.device == .cuda)
    #expect(experiment.trainee.training?.budgetUnit == .steps)
    #expect(experiment.scheduler == .hyperband(HyperbandOptions(maximumBudget: 81)))
    #expect(experiment.replicates == 3)
    #expect(experiment.crossValidation)
    #expect(
      experiment.sampler
        == .transfer(TransferOptions(from: ["runs/earlier", "trials.csv"], studies: [], starts: 4)))
    #expect(
      experiment.space.parameters[1].condition == Condition(parameter: "optimizer", values: [.text("sgd")]))
    #expect(experiment.resources.ranksPerTrial == 2)
    #expect(experiment.checkpoint.seconds == 5)
    #expect(experiment.starting == nil)
    // A cosine without a length of its own ends with the longest trial.
    #expect(experiment.trainee.training?.schedule.length == 81)
  }

  @Test(arguments: [("cosine, step", 16.0), ("step, constant", nil)])
  func `a decay that may become a cosine has its length too`(choices: String, length: Double?) throws {
    let experiment = try Experiment(
      yaml: """
        study: s
        data: digits
        model: {kind: mlp, hidden: [8]}
        search:
          space: {decay: {type: categorical, choices: [\(choices)]}}
          scheduler: {kind: hyperband, maximum_budget: 16}
        """, file: "study.yaml")
    #expect(experiment.trainee.training?.schedule.length == length)
  }

  @Test func `the sampler follows from the scheduler where none is named`() throws {
    func sampler(_ search: String) throws -> SamplerConfiguration.Kind {
      try Experiment(
        yaml: """
          study: s
          objective: {metric: dev_loss, goal: minimize}
          data: digits
          model: {kind: mlp, hidden: [8]}
          training: {optimizer: {kind: sgd, learning_rate: 0.1}}
          search:
            budget_unit: epochs
            space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}}
          \(search)
          """, file: "study.yaml"
      ).sampler.kind
    }
    #expect(try sampler("  scheduler: {kind: bohb, maximum_budget: 9}") == .tpe)
    #expect(try sampler("  scheduler: {kind: bohb, maximum_budget: 9}\n  sampler: auto") == .auto)
    #expect(try sampler("  scheduler: {kind: hyperband, maximum_budget: 9}") == .auto)
  }

  @Test func `every kind of parameter, constraint and start is read`() throws {
    let text = """
      study: space
      training: {optimizer: {kind: sgd, learning_rate: 0.02, momentum: 0.8}, batch_size: 64}
      model: {kind: mlp, hidden: [64, 64]}
      search:
        space:
          optimizer: {type: fixed, value: sgd}
          learning_rate: {type: float, low: 0.001, high: 0.1, scale: log, prior: {value: 0.01, confidence: high}}
          momentum: {type: float, low: 0.5, high: 0.99, scale: logit, when: {optimizer: sgd, learning_rate: {low: 0.01}}}
          dropout: {type: float, low: 0, high: 0.5, step: 0.1, prior: {value: 0.2, deviation: 0.3}}
          batch_size: {type: power_of_two, low: 16, high: 128}
          hidden_width: {type: ordinal, values: [32, 48, 96], when: {batch_size: [16, 32]}}
        constraints: [batch_size * learning_rate <= 6.4, "dropout < 0.5 or batch_size == 16"]
        baseline: {}
        first: [{learning_rate: 0.05, batch_size: 32}, {dropout: 0.3}]
        scheduler: {kind: full, trials: 4, budget: 1}
      """
    let experiment = try Experiment(yaml: text, file: "space.yaml")
    let parameters = experiment.space.parameters
    #expect(
      parameters.map(\.domain) == [
        .fixed(.text("sgd")), .float(low: 0.001, high: 0.1, scale: .log),
        .float(low: 0.5, high: 0.99, scale: .logit),
        .quantized(low: 0, high: 0.5, step: 0.1, scale: .linear), .powersOfTwo(from: 16, through: 128),
        .ordinal([.number(32), .number(48), .number(96)]),
      ])
    #expect(parameters[2].condition?.description == "optimizer is sgd and learning_rate is at least 0.01")
    #expect(parameters[1].prior == Prior(value: .number(0.01), confidence: .high))
    #expect(parameters[3].prior == Prior(value: .number(0.2), deviation: 0.3))
    #expect(
      experiment.space.constraints.map(\.text) == [
        "batch_size * learning_rate <= 6.4", "dropout < 0.5 or batch_size == 16",
      ])
    let starting = try #require(experiment.starting)
    #expect(starting.baseline?["learning_rate"] == .number(0.02))
    #expect(starting.baseline?["momentum"] == .number(0.8))
    #expect(starting.first[0]["learning_rate"] == .number(0.05))
    // 64 is none of hidden_width's values: the sampler decides.
    #expect(starting.first[0]["hidden_width"] == nil && !starting.first[0].isComplete(in: experiment.space))
    #expect(starting.first[1]["batch_size"] == .number(64) && starting.first[1]["dropout"] == .number(0.3))
    #expect(try Experiment(yaml: experiment.resolved, file: "resolved.yaml").starting == starting)
  }

  @Test func `suggest's words for a space are understood, and recorded as the file's own`() throws {
    let own = try Experiment(
      yaml: experiment(
        space: """
          learning_rate: {type: float, low: 1e-4, high: 0.1, scale: log}
          dropout: {type: float, low: 0.1, high: 0.9, scale: logit}
          hidden_layers: {type: integer, low: 1, high: 4}
          activation: {type: categorical, choices: [relu, gelu]}
          """), file: "study.yaml")
    let spoken = try Experiment(
      yaml: experiment(
        space: """
          learning_rate: {type: float, low: 1e-4, high: 0.1, log: true}
          dropout: {type: float, low: 0.1, high: 0.9, logit: true, log: false}
          hidden_layers: {type: int, low: 1, high: 4}
          activation: {type: cat, choices: [relu, gelu]}
          """), file: "study.yaml")
    #expect(spoken.space == own.space)
    #expect(try Experiment(yaml: spoken.resolved, file: "study.yaml").space == own.space)
    let found = problems(
      experiment(space: "learning_rate: {type: float, low: 1e-4, high: 0.1, scale: linear, log: true}"))
    #expect(found.contains { $0.contains("log") && $0.contains("one scale") }, "\(found)")
  }
}
