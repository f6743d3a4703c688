import Experiments
import Foundation
import Search
import Testing
import Training

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

@Suite struct ExperimentTests {
  @Test(arguments: [
    "digits-pbt", "digits-hyperband", "digits-asha", "digits-random", "mnist-pbt", "shakespeare-pbt",
  ])
  func `every example is right and is called like its study`(name: String) throws {
    let experiment = try Experiment(path: root.appending(path: "configs/\(name).yaml").path)
    #expect(experiment.study == name)
  }

  @Test func `the built-in experiment is the example of the same name`() throws {
    let text = try String(contentsOf: root.appending(path: Experiment.builtInName), encoding: .utf8)
    #expect(Experiment.builtInText == text)
  }

  @Test(arguments: ["digits-pbt", "digits-hyperband", "digits-asha", "shakespeare-pbt"])
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
          space:
            optimizer: {type: categorical, choices: [sgd, adamw]}
            momentum: {type: float, low: 0.1, high: 0.9, when: {optimizer: sgd}}
            batch_size: {type: categorical, choices: [48, 96]}
          scheduler: {kind: hyperband, maximum_budget: 81}
        resources: {ranks_per_trial: 2, threads_per_rank: 3, device: cuda}
        checkpoint: {seconds: 5}
        """, file: "all.yaml")
    #expect(experiment.seed == 7)
    #expect(experiment.training.data == .idx(images: "a.gz", labels: "b.gz"))
    #expect(experiment.training.split == SplitFractions(train: 0.5, dev: 0.3, test: 0.2))
    #expect(experiment.training.optimizer.kind == .sgd)
    #expect(experiment.training.optimizer.momentum == 0.5)
    #expect(experiment.training.gradientClip == 0)
    #expect(experiment.training.threads == 3)
    #expect(experiment.training.device == .cuda)
    #expect(experiment.training.budgetUnit == .steps)
    #expect(experiment.scheduler == .hyperband(HyperbandOptions(maximumBudget: 81)))
    #expect(experiment.sampler == .random)
    #expect(experiment.space.parameters[1].condition == Condition(parameter: "optimizer", values: [.text("sgd")]))
    #expect(experiment.resources.ranksPerTrial == 2)
    #expect(experiment.checkpoint.seconds == 5)
    // A cosine without a length of its own ends with the longest trial.
    #expect(experiment.training.schedule.length == 81)
  }
}
