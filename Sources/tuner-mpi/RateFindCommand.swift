import ArgumentParser
import Experiments
import Foundation
import HDF5
import MPI
import Reports
import Search
import Training
import Tuner

struct RateFindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lr-find",
    abstract: "Finds which learning rates an experiment's model trains with: a range test.",
    discussion: """
      Trains the baseline configuration from new weights, a step under each rate, from a low one to a high one, until \
      the loss diverges. Under mpirun the ranks train it together. docs/lr-find.md says how to read the result.
      """)

  @OptionGroup var experiment: ExperimentArgument

  @Option(help: "The rate of the first step.")
  var low = 1e-6

  @Option(help: "The rate of the last step.")
  var high = 10.0

  @Option(help: "Optimizer steps from the one to the other.")
  var steps = 100

  @Option(help: "How much of the moving average of the loss is kept at each step.")
  var smoothing = 0.9

  @Option(help: "Stops when the smoothed loss is above so many times the lowest.")
  var divergence = 4.0

  @Option(
    help: ArgumentHelp("Writes a picture of it, an SVG.", valueName: "file.svg"),
    completion: .file(extensions: ["svg"]))
  var plot: String?

  func validate() throws {
    try experiment.validate()
    try requireNumber(low, for: "--low", above: 0, through: 1e6)
    try requireNumber(high, for: "--high", above: low, through: 1e6)
    try requireNumber(steps, for: "--steps", in: 12...1_000_000)
    guard smoothing >= 0, smoothing < 1 else {
      throw ValidationError("--smoothing: expected a share at least 0 and below 1, found \(smoothing)")
    }
    try requireNumber(divergence, for: "--divergence", above: 1, through: 1e9)
    if let plot, !plot.hasSuffix(".svg") || plot == ".svg" {
      throw ValidationError("--plot: expected a path that ends with .svg, found \(plot)")
    }
  }

  func run() throws {
    try reporting {
      let study = Study(try experiment.load())
      var configuration = study.starting?.baseline ?? study.space.middle
      configuration.values["learning_rate"] = nil
      guard
        let training = try study.trainee(for: configuration, at: study.scheduler.rungs().last ?? 1).training
      else {
        throw TunerError(
          .usage, subject: "lr-find", expected: "an experiment with a built-in model",
          found: "one of somebody else's code", remedy: "Look for its rates with that code itself.")
      }
      let mpi = try MPIEnvironment(requiring: study.trainee.threadLevel)
      let test = try test(study, training.forRateRange, on: mpi.world)
      guard mpi.world.isRoot else { return }
      let finding = RateFinding(
        test: test, range: range, study: study.name, configuration: configuration, ranks: mpi.world.size)
      for line in finding.lines { print(line) }
      if let plot {
        try AtomicFile.replace(plot, text: finding.drawing)
        print("  plot      \(plot)")
      }
    }
  }

  private var range: RateRange { RateRange(from: low, to: high, steps: steps) }

  /// Collective.
  private func test(
    _ study: Study, _ training: TrainingConfiguration, on world: borrowing Communicator
  ) throws -> RateRangeTest {
    try together(on: world) { () throws(TrainingError) in
      guard var problem = training.validate(ranksPerTrial: world.size).first else { return }
      if world.size > 1, case .invalid(let subject, let expected, let found, _) = problem,
        subject == "batch_size"
      {
        problem = .invalid(
          subject: "batch_size", expected: expected, found: found,
          remedy: "Start it on a number of ranks that divides the batch.")
      }
      throw problem
    }
    let trainees = try BuiltInTrainees(study, training, rootTrains: true, on: world)
    do throws(TrainingError) {
      var trainer = try trainees.trainer(training, for: TrialID(0), on: world)
      return try trainer.run(RateRangeTest(smoothing: smoothing, divergence: divergence), over: range)
    } catch {
      throw everyRanks(error, on: world)
    }
  }
}

/// What is said of a range test.
private struct RateFinding {
  let test: RateRangeTest
  let range: RateRange
  let study: String
  let configuration: Configuration
  let ranks: Int

  /// For people.
  var lines: [String] {
    let (low, high) = (Numerals.text(range.low), Numerals.text(range.high))
    return [
      "\(study): learning rates from \(low) to \(high) in \(range.steps) steps",
      "  trial     \(configuration.text), on \(ranks) \(ranks == 1 ? "rank" : "ranks")",
      "  rate        loss",
    ] + rows + ["  end       \(endingText)", "  steepest  \(steepestText)", "  minimum   \(lowestText)"]
  }

  /// Some twenty of the points, with bars up to the loss of the first.
  private var rows: [String] {
    let stride = (test.points.count + 19) / 20
    let first = test.points.first?.smoothed ?? 1
    return test.points.enumerated().filter { $0.offset % stride == 0 }.map { _, point in
      let share = max(0, min(point.smoothed / first, 1.25))
      let bar = String(repeating: "#", count: Int((40 * share).rounded()))
      return "  \(padded(Numerals.text(point.rate), 10))  \(padded(Numerals.text(point.smoothed), 9))  \(bar)"
    }
  }

  private var endingText: String {
    let count = test.points.count
    guard let lowest = test.lowest, let last = test.points.last else {
      return "the first step has no number for a loss"
    }
    return switch test.ending {
    case nil: "the highest rate was reached, and the loss did not diverge"
    case .notFinite: "after \(count) steps: the loss or its gradient is no number"
    case .aboveLimit:
      "after \(count) steps: the smoothed loss \(Numerals.text(last.smoothed)) is above \(Numerals.text(test.divergence)) times "
        + "the lowest, \(Numerals.text(lowest.smoothed))"
    }
  }

  private var steepestText: String {
    test.steepest.map { "\(Numerals.text($0)): here the smoothed loss falls fastest" } ?? nothing
  }

  private var lowestText: String {
    test.tenthOfLowest.map {
      "\(Numerals.text($0)): a tenth of the rate at which the smoothed loss is lowest"
    } ?? nothing
  }

  private var nothing: String { "none: the loss never fell; begin lower by --low, or take more --steps" }

  /// As an SVG file.
  var drawing: String {
    let marks = [("steepest", test.steepest), ("minimum / 10", test.tenthOfLowest)]
    return Report.svg(
      ofRateRange: test.points.map { Report.RateLoss(rate: $0.rate, loss: $0.loss, smoothed: $0.smoothed) },
      marking: marks.compactMap { name, rate in rate.map { (name, $0) } })
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
