import Foundation
import MPI
import Search
import Training
import Tuner

/// A trial for real, before the queue: made, trained, saved, restored into a second trainee, and trained on, as a study
/// would do it. Collective over all ranks, which train it together.
struct TrialCheck: TraineeUse {
  let study: Study
  let plan: SchedulePlan

  /// What the trial was found to be; of use on the first rank.
  struct Findings {
    var configuration = Configuration()
    /// Of one unit of the budget.
    var unit = 1
    var seconds: (make: Double, train: Double, save: Double, restore: Double) = (0, 0, 0, 0)
    var metrics: [String: Double] = [:]
    var stateBytes: Int?
    var arrays = 0
    var resumed = Resumed.unknown
    var perturbed: [Perturbed] = []

    enum Resumed: Equatable {
      case unknown, equal
      case close(Double)
      case other(Double)
    }

    struct Perturbed {
      var name: String
      var planned: HyperparameterValue
      /// Nil where nothing was read back.
      var found: HyperparameterValue?
    }
  }

  func callAsFunction<T: Trainee & ~Copyable>(
    _ source: TraineeSource<T>, _ mpi: borrowing MPIEnvironment
  ) throws -> Findings {
    try StudyProblems.refuse(source.problems())
    var findings = Findings()
    findings.configuration = configuration
    findings.unit = try study.fidelity?.length ?? study.scheduler.rungs().first ?? 1
    let job = Job(
      id: JobID(0), trial: TrialID(0), origin: .fresh, configuration: configuration, target: findings.unit)
    var start = ContinuousClock.now
    var first = try source.make(job, mpi.world)
    // What is begun only when it is needed, is now.
    _ = try first.effectiveHyperparameters()
    findings.seconds.make = start.lap()
    _ = try first.train(to: findings.unit) { false }
    findings.metrics = try first.measure().metrics
    findings.seconds.train = start.lap()
    let snapshot = try first.snapshot()
    findings.seconds.save = start.lap()
    if let snapshot {
      findings.stateBytes = snapshot.byteCount
      findings.arrays = snapshot.blocks.values.reduce(snapshot.opaque.count) { $0 + $1.layout.count }
    }
    if study.trainee.description.isResumable {
      try resume(&first, job, from: snapshot, source, mpi, into: &findings)
    }
    return findings
  }

  /// The first that the study would try of its own, or the middle of the space.
  private var configuration: Configuration {
    let own = [study.starting?.baseline, study.starting?.first.first].compactMap(\.self)
    return own.first { $0.isComplete(in: study.space) } ?? study.space.middle
  }

  /// Another trainee goes on from the state; the first goes on as well, and both should come to the same.
  private func resume<T: Trainee & ~Copyable>(
    _ first: inout T, _ job: Job, from snapshot: Snapshot?, _ source: TraineeSource<T>,
    _ mpi: borrowing MPIEnvironment, into findings: inout Findings
  ) throws {
    var start = ContinuousClock.now
    var second = try source.make(job, mpi.world)
    try second.restore(snapshot)
    findings.seconds.restore = start.lap()
    let target = 2 * findings.unit
    _ = try first.train(to: target) { false }
    _ = try second.train(to: target) { false }
    let (expected, found) = try (first.measure().metrics, second.measure().metrics)
    let areStatesEqual = try first.snapshot() == second.snapshot()
    let difference = expected.map { abs($1 - (found[$0] ?? .nan)) / max(1, abs($1)) }.max() ?? 0
    findings.resumed =
      difference == 0 && areStatesEqual
      ? .equal : difference <= 1e-6 ? .close(difference) : .other(difference)
    try perturb(&second, job, findings.unit, into: &findings)
  }

  /// Changes every live hyperparameter, as an exploit would, and trains on.
  private func perturb<T: Trainee & ~Copyable>(
    _ trainee: inout T, _ job: Job, _ unit: Int, into findings: inout Findings
  ) throws {
    let live = study.trainee.description.liveNames
    var planned: [String: HyperparameterValue] = [:]
    for parameter in study.space.parameters where live.contains(parameter.name) {
      let others = study.space.variations(of: parameter.name, in: job.configuration)
      let value = others.compactMap { $0[parameter.name] }.first { $0 != job.configuration[parameter.name] }
      if let value { planned[parameter.name] = HyperparameterValue(value) }
    }
    guard !planned.isEmpty else { return }
    try trainee.set(planned)
    _ = try trainee.train(to: 3 * unit) { false }
    let inForce = try trainee.effectiveHyperparameters()
    let verified = trainee.namesReadBack
    findings.perturbed = planned.sorted { $0.key < $1.key }.map { name, value in
      Findings.Perturbed(
        name: name, planned: value, found: verified?.contains(name) ?? true ? inForce[name] : nil)
    }
  }
}

extension ContinuousClock.Instant {
  /// Seconds since then; and from now on since now.
  fileprivate mutating func lap() -> Double {
    let now = ContinuousClock.now
    defer { self = now }
    return (now - self) / .seconds(1)
  }
}

// What is said of it.
extension TrialCheck.Findings {
  /// Lines for people.
  ///
  /// - Parameters:
  ///   - plan: of the study that the trial is one of.
  ///   - ranks: that trained it.
  func lines(_ study: Study, _ plan: SchedulePlan, ranks: Int) -> [String] {
    let unit = study.budgetUnit.rawValue
    let (make, train, save) = (Self.text(seconds.make), Self.text(seconds.train), Self.text(seconds.save))
    var lines = [
      "  trial   \(configuration.text), on \(ranks) \(ranks == 1 ? "rank" : "ranks")",
      "  start   \(make)",
      "  train   \(train) for a budget of \(self.unit) \(unit)",
      "  metrics "
        + metrics.sorted { $0.key < $1.key }.map { "\($0.key) \(scoreText($0.value))" }.joined(
          separator: ", "),
    ]
    let bytes = stateBytes ?? 0
    if bytes > 0 || study.trainee.description.isResumable {
      lines.append(
        "  state   \(HostMemory.text(bytes)) in \(arrays) \(arrays == 1 ? "piece" : "pieces"), taken in \(save)"
      )
    }
    if study.trainee.description.isResumable {
      lines.append("  restore \(Self.text(seconds.restore)) into another one; \(resumedText)")
    }
    for one in perturbed { lines.append("  set     \(one.text)") }
    return lines + outlook(study, plan, bytes: bytes)
  }

  private var resumedText: String {
    switch resumed {
    case .unknown: "not trained on"
    case .equal: "trained on, it equals the uninterrupted one bit for bit"
    case .close(let difference): "trained on, its metrics are the uninterrupted one's within \(difference)"
    case .other(let difference):
      "trained on, its metrics differ from the uninterrupted one's by \(scoreText(difference)): something that matters is "
        + "not in the state, such as a random generator, or the program is not deterministic"
    }
  }

  private func outlook(_ study: Study, _ plan: SchedulePlan, bytes: Int) -> [String] {
    let perUnit = seconds.train / Double(unit)
    let anew = study.fidelity != nil || !study.trainee.description.isResumable
    let budget = Double(anew ? plan.budgetAnew : plan.budget)
    let lost = perturbed.filter(\.isLost)
    let population =
      !study.trainee.description.isResumable
      ? "not possible: it keeps no state"
      : lost.isEmpty ? "possible" : "would fail: \(lost.map(\.name).joined(separator: ", ")) does not arrive"
    return [
      "  study   about \(Self.text(budget * perUnit)) of one group's time, the longest trial "
        + "\(Self.text(Double(plan.longestTrial) * perUnit)); \(HostMemory.text(plan.trials.multipliedReportingOverflow(by: bytes).partialValue)) on disk",
      "  pbt     \(population)",
    ]
  }

  private static func text(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.0995: String(format: "%.0f ms", 1000 * seconds)
    case ..<100: String(format: "%.1f s", seconds)
    case ..<6000: String(format: "%.0f min", seconds / 60)
    default: String(format: "%.1f h", seconds / 3600)
    }
  }
}

extension TrialCheck.Findings.Perturbed {
  var text: String {
    guard let found else {
      return "\(name) to \(planned): not read back, so nobody knows whether it is in force"
    }
    return isLost ? "\(name) to \(planned): lost, \(found) is in force" : "\(name) to \(planned): in force"
  }

  var isLost: Bool {
    guard let found, found != planned else { return false }
    guard case .number(let found) = found, case .number(let planned) = planned else { return true }
    // A program may keep it as a 32-bit float.
    return abs(found - planned) > 1e-6 * max(abs(found), abs(planned))
  }
}
