import Experiments
import Search
import Testing

/// What a search space may propose and nobody can train is seen before a job waits in a queue.
@Suite struct SpaceCheckTests {
  @Test(arguments: [
    ("batch_size: {type: float, low: 16, high: 64}", "a number from 16 to 64"),
    ("hidden_width: {type: float, low: 8, high: 64, scale: log}", "a number from 8 to 64"),
    ("hidden_layers: {type: float, low: 1, high: 3, step: 0.5}", "a number from 1 to 3 in steps of 0.5"),
    ("hidden_width_2: {type: float, low: 4.5, high: 8.5, step: 1}", "a number from 4.5 to 8.5 in steps of 1"),
  ])
  func `ranges of numbers are refused where integers belong`(line: String, found: String) {
    let name = String(line.prefix { $0 != ":" })
    let message = problems(experiment(space: line)).first ?? "none"
    #expect(
      message.hasPrefix("9: search.space.\(name): expected whole numbers, because \(name) takes an integer"))
    #expect(message.hasSuffix("found \(found). Write type: integer."))
  }

  @Test(arguments: [
    "batch_size: {type: float, low: 16, high: 64, step: 16}",
    "batch_size: {type: integer, low: 16, high: 64, step: 8}",
    "hidden_width: {type: ordinal, values: [8, 16.0, 1e2]}",
    "hidden_layers: {type: integer, low: 1, high: 4}",
  ])
  func `whole numbers of any type are taken`(line: String) {
    #expect(problems(experiment(space: line)) == [])
  }

  @Test func `a range where texts belong names the choices`() {
    #expect(
      problems(experiment(space: "activation: {type: float, low: 0, high: 1}")) == [
        "9: search.space.activation: expected one of relu, gelu, silu, tanh, leaky_relu, elu, mish, identity, "
          + "found a number from 0 to 1. "
          + "Write type: categorical, choices: [relu, gelu, silu, tanh, leaky_relu, elu, mish, identity]."
      ])
  }

  @Test func `a choice among wrong ones is named`() {
    #expect(
      problems(experiment(space: "batch_size: {type: categorical, choices: [48, 16.5]}")) == [
        "9: search.space.batch_size: expected an integer from 1 to 1000000000, found 16.5. "
          + "Correct the value, or narrow the range of the search space."
      ])
  }

  @Test func `integers of which only some can be trained say which`() {
    let depth = { (line: String) in
      problems(
        experiment(space: line, model: "{kind: resnet, depth: 8, width: 4}", training: "{batch_size: 48}"))
    }
    #expect(
      depth("depth: {type: integer, low: 8, high: 20}") == [
        "9: search.space.depth: expected 6n + 2, for n blocks in each of the three stages, found 9. "
          + "Write low: 8, high: 20, step: 6."
      ])
    #expect(depth("depth: {type: integer, low: 8, high: 20, step: 6}") == [])
    #expect(depth("depth: {type: float, low: 8, high: 20, step: 6}") == [])
    #expect(depth("depth: {type: integer, low: 8, high: 20, step: 4}").count == 1)
    #expect(depth("depth: {type: integer, low: 8, high: 1200, scale: log}").count == 1)
  }

  @Test func `a batch that some ranks cannot divide is found inside of its range`() {
    let ranks = "resources: {ranks_per_trial: 3}"
    #expect(
      problems(experiment(space: "batch_size: {type: integer, low: 30, high: 60}", more: ranks)) == [
        "9: search.space.batch_size: expected a multiple of the 3 ranks of a group (times accumulation 1), found 31. "
          + "Write low: 30, high: 60, step: 3."
      ])
    #expect(
      problems(experiment(space: "batch_size: {type: integer, low: 30, high: 60, step: 3}", more: ranks))
        == [])
    #expect(
      problems(experiment(space: "batch_size: {type: ordinal, values: [30, 33, 36]}", more: ranks)) == [])
    #expect(
      problems(experiment(space: "batch_size: {type: ordinal, values: [30, 33, 35]}", more: ranks)).count == 1
    )
  }

  @Test func `a range is judged in the studies that will be, not with values that the search replaces`() {
    // The file's own width, 128, is none of the search's; its batch, 64, is not even written.
    let model = "{kind: transformer, heads: 4}"
    let divisors = "width: {type: ordinal, values: [48, 96]}\nheads: {type: categorical, choices: [3, 6]}"
    #expect(problems(experiment(space: divisors, model: model)) == [])
    #expect(
      problems(
        experiment(space: "batch_size: {type: ordinal, values: [48, 96]}", training: "{accumulation: 3}"))
        == [])
  }

  @Test func `parameters that exclude each other are named with their values`() {
    #expect(
      problems(
        experiment(
          space: "width: {type: ordinal, values: [64, 96]}\nheads: {type: categorical, choices: [4, 6]}",
          model: "{kind: transformer}")) == [
          "10: search.space.heads: expected a divisor of the width 64, found 6 with width 64. "
            + "Write 4, or change the width. Or exclude the combination: by `when`, by search.constraints, or by "
            + "values that go together."
        ])
    let optimizers = """
      optimizer: {type: categorical, choices: [sgd, lamb]}
      momentum: {type: float, low: 0.1, high: 0.9}
      """
    let message = problems(experiment(space: optimizers)).first ?? "none"
    #expect(
      message.hasPrefix(
        "10: search.space.momentum: expected the optimizer sgd, rmsprop, lars or muon, found the optimizer lamb,"
      ))
    #expect(message.contains("with optimizer lamb. Take it out of the search space, or make it conditional"))
    let layers = """
      hidden_layers: {type: integer, low: 1, high: 3}
      hidden_width_3: {type: integer, low: 4, high: 8}
      """
    let found = problems(experiment(space: layers)).first ?? "none"
    #expect(
      found.hasPrefix("10: search.space.hidden_width_3: expected the model mlp with at least 3 hidden layers")
    )
    #expect(found.contains("with hidden_layers 1"))
  }

  @Test(arguments: [
    (
      """
      optimizer: {type: categorical, choices: [sgd, lamb]}
      momentum: {type: float, low: 0.1, high: 0.9, when: {optimizer: sgd}}
      beta1: {type: float, low: 0.1, high: 0.9, when: {optimizer: lamb}}
      """, ""
    ),
    (
      """
      hidden_layers: {type: integer, low: 1, high: 3}
      hidden_width_3: {type: integer, low: 4, high: 8, when: {hidden_layers: {low: 3}}}
      """, ""
    ),
    (
      """
      decay: {type: categorical, choices: [cosine, step]}
      warmup: {type: float, low: 0, high: 4}
      """, "constraints: [\"decay == step or warmup < 1\"]"
    ),
  ])
  func `conditions and constraints exclude what cannot be trained`(space: String, search: String) {
    #expect(problems(experiment(space: space, search: search)) == [])
  }

  @Test func `a warm-up as long as the schedule is seen beside the decay that makes it wrong`() {
    let space = """
      decay: {type: categorical, choices: [cosine, step]}
      warmup: {type: float, low: 0, high: 4}
      """
    let found = problems(experiment(space: space, training: "{schedule: {length: 2}}"))
    #expect(
      found.count == 1
        && found[0].hasPrefix("10: search.space.warmup: expected less than the schedule's length 2"))
    #expect(found[0].contains("with decay cosine"))
  }

  @Test func `what the user wants tried first is tried by the check`() {
    let text = experiment(
      space:
        "learning_rate: {type: float, low: 1e-3, high: 0.1}\nhidden_width: {type: integer, low: 8, high: 9}",
      search: "first: [{learning_rate: 0.01, hidden_width: 8}]")
    #expect(problems(text) == [])
  }

  @Test func `a fidelity is checked with what is searched`() {
    let text = { (values: String) in
      experiment(
        space: "hidden_width_2: {type: integer, low: 4, high: 8}",
        scheduler: "{kind: hyperband, maximum_budget: 9}",
        search: "fidelity: {name: hidden_layers, type: ordinal, values: \(values)}")
    }
    #expect(problems(text("[2, 3, 4]")) == [])
    let found = problems(text("[1, 2, 3]")).first ?? "none"
    #expect(found.contains("expected the model mlp with at least 2 hidden layers"))
    #expect(found.contains("with hidden_layers 1"))
  }

  @Test func `probes are a function of the space and allowed by it`() throws {
    let space = try Experiment(
      yaml: experiment(
        space: """
          learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
          batch_size: {type: integer, low: 16, high: 4096}
          dropout: {type: float, low: 0, high: 0.5}
          """, search: "constraints: [batch_size * learning_rate <= 6]"), file: "study.yaml"
    ).space
    let probes = space.probes()
    #expect(probes == space.probes())
    #expect(probes.count > 200 && probes.count < 3000)
    #expect(Set(probes).count == probes.count)
    #expect(probes.allSatisfy(space.isAllowed))
    // Both ends, and neighbours.
    #expect(
      Set([16, 17, 18, 4096].map { ParameterValue.number($0) }).isSubset(of: probes.map { $0["batch_size"]! })
    )
  }
}
