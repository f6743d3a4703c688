import ArgumentParser
import Experiments
import Foundation
import HDF5
import MPI
import Reports
import Search
import Training
import Tuner

struct BatchSizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch-size",
    abstract:
      "Finds how large a batch pays for an experiment's model: its noise scale and its critical batch.",
    discussion: """
      Trains the baseline configuration for some steps and measures the noise of its gradient; then trains copies of \
      that state with smaller and larger batches to the same dev loss. Under mpirun the ranks train together. \
      docs/batch-size.md says how to read the result.
      """)

  @OptionGroup var experiment: ExperimentArgument

  @Option(help: "Steps before the copies are taken.")
  var start = 100

  @Option(help: "Steps of the copy with the experiment's own batch, whose dev loss the others train to.")
  var steps = 100

  @Option(
    help: ArgumentHelp(
      "Batch sizes, with commas; without it, from a quarter to eight times the experiment's.",
      valueName: "list"))
  var sizes: String?

  @Option(
    help: ArgumentHelp(
      "How the optimizer's options follow the batch; without it, as the experiment says, else square_root.",
      valueName: "rule"),
    completion: .names(of: ScalingRule.self))
  var rule: String?

  @Option(
    help: ArgumentHelp("Writes a picture of it, an SVG.", valueName: "file.svg"),
    completion: .file(extensions: ["svg"]))
  var plot: String?

  func validate() throws {
    try experiment.validate()
    try requireNumber(start, for: "--start", in: 10...1_000_000)
    try requireNumber(steps, for: "--steps", in: 10...1_000_000)
    if let plot, !plot.hasSuffix(".svg") || plot == ".svg" {
      throw ValidationError("--plot: expected a path that ends with .svg, found \(plot)")
    }
    if let sizes, askedSizes == nil {
      throw ValidationError(
        "--sizes: expected at least two batch sizes with commas, such as 32,64,128, found \(sizes)")
    }
    if let rule, ScalingRule(rawValue: rule) == nil {
      let rules = ScalingRule.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--rule: expected one of \(rules), found \(rule)")
    }
  }

  private var askedSizes: [Int]? {
    guard let sizes else { return nil }
    let numbers = sizes.split(separator: ",").map { Int($0) ?? 0 }
    return Set(numbers).count >= 2 && numbers.allSatisfy { $0 >= 1 } ? Set(numbers).sorted() : nil
  }

  func run() throws {
    try reporting {
      let study = Study(try experiment.load())
      let configuration = study.starting?.baseline ?? study.space.middle
      guard
        let training = try study.trainee(for: configuration, at: study.scheduler.rungs().last ?? 1).training
      else {
        throw TunerError(
          .usage, subject: "batch-size", expected: "an experiment with a built-in model",
          found: "one of somebody else's code", remedy: "Look for its batch size with that code itself.")
      }
      let mpi = try MPIEnvironment(requiring: study.trainee.threadLevel)
      let rule =
        rule.flatMap(ScalingRule.init) ?? (training.scalingRule == .none ? .squareRoot : training.scalingRule)
      let (plan, test) = try test(study, training, rule, on: mpi.world)
      guard mpi.world.isRoot else { return }
      let finding = BatchSizeFinding(
        test: test, plan: plan, rule: rule, study: study.name, configuration: configuration,
        ranks: mpi.world.size)
      for line in finding.lines { print(line) }
      if let plot {
        try AtomicFile.replace(plot, text: finding.drawing)
        print("  plot       \(plot)")
      }
    }
  }

  /// Collective.
  private func test(
    _ study: Study, _ training: TrainingConfiguration, _ rule: ScalingRule, on world: borrowing Communicator
  ) throws -> (BatchSizePlan, BatchSizeTest) {
    let trainees = try BuiltInTrainees(study, training, rootTrains: true, on: world)
    let shares = world.size * training.accumulation
    let most = trainees.trainingSamples
    let plan = try together(on: world) { () throws(TrainingError) in
      let plan = planned(around: training.batchSize, shares: shares, most: most)
      for size in plan.sizes {
        var sized = training.forBatchSizes(plan, rule: rule)
        sized.batchSize = size
        if let problem = sized.validate(ranksPerTrial: world.size).first {
          guard case .invalid("batch_size", let expected, let found, _) = problem else { throw problem }
          throw .invalid(
            subject: "batch_size", expected: expected, found: found, remedy: "Give other sizes by --sizes.")
        }
        if size > most {
          throw .invalid(
            subject: "--sizes", expected: "at most \(most), the training samples", found: "\(size)",
            remedy: "Leave it out.")
        }
      }
      return plan
    }
    do throws(TrainingError) {
      var trainer = try trainees.trainer(training.forBatchSizes(plan, rule: rule), for: TrialID(0), on: world)
      return (plan, try trainer.run(plan))
    } catch {
      throw everyRanks(error, on: world)
    }
  }

  private func planned(around base: Int, shares: Int, most: Int) -> BatchSizePlan {
    let usual = [base / 4, base / 2, base, base * 2, base * 4, base * 8].filter {
      $0 >= 2 * shares && $0 % shares == 0 && $0 <= most
    }
    let sizes = askedSizes ?? Set(usual + [base]).sorted()
    let nearest = sizes.min { abs($0 - base) < abs($1 - base) } ?? base
    return BatchSizePlan(sizes: sizes, base: nearest, start: start, steps: steps)
  }
}

/// What is said of a test of batch sizes.
private struct BatchSizeFinding {
  let test: BatchSizeTest
  let plan: BatchSizePlan
  let rule: ScalingRule
  let study: String
  let configuration: Configuration
  let ranks: Int

  /// For people.
  var lines: [String] {
    [
      "\(study): batches of \(plan.sizes.map(String.init).joined(separator: ", ")), scaled by \(rule.rawValue)",
      "  trial      \(configuration.text), on \(ranks) \(ranks == 1 ? "rank" : "ranks")",
      row("step", "dev loss", "noise scale"),
    ] + test.places.map { row("\($0.step)", Numerals.text($0.devLoss), scale($0.noiseScale)) }
      + ["  target     dev loss \(Numerals.text(test.target)), from step \(plan.start)"]
      + [row("batch", "steps", "samples", "noise scale")]
      + test.forks.map { fork in
        row(
          "\(fork.batchSize)", fork.steps.map { Numerals.text($0) } ?? "not reached",
          fork.samples.map { Numerals.text($0) } ?? "", scale(fork.noiseScale))
      } + ["  critical   \(criticalText)", "  recommend  \(recommendedText)"]
  }

  private func scale(_ value: Double?) -> String { value.map { Numerals.text($0) } ?? "hidden by noise" }

  private var criticalText: String {
    if !test.hasFallen {
      return
        "none: the loss hardly fell while the copies trained; take them earlier by --start, or more --steps"
    }
    guard let critical = test.critical else {
      return "none: the steps do not bend within these sizes; try others by --sizes, or more --steps"
    }
    return "\(Numerals.text(critical.size)): here steps and samples are twice the least, "
      + "\(Numerals.text(critical.leastSteps)) steps and \(Numerals.text(critical.leastSamples)) samples"
  }

  private var recommendedText: String {
    test.recommended.map { "a batch of \($0): the largest of these up to the critical one" }
      ?? "nothing, without a critical batch"
  }

  private func row(_ cells: String...) -> String {
    "  " + cells.map { $0 + String(repeating: " ", count: max(0, 13 - $0.count)) }.joined().trimmed
  }

  /// As an SVG file.
  var drawing: String {
    Report.svg(
      ofBatchSizes: test.forks.compactMap { fork in fork.steps.map { (Double(fork.batchSize), $0) } },
      critical: test.critical.map { critical in
        (size: critical.size, steps: { critical.steps(batchSize: $0) })
      })
  }
}

extension String {
  fileprivate var trimmed: String { String(reversed().drop { $0 == " " }.reversed()) }
}
