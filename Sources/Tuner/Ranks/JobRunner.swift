public import MPI
public import Search
public import Training

/// Makes what a group trains: on every rank of the group, from a job and the group's communicator, of which
/// it makes a duplicate for its own messages. Collective.
public typealias MakeTrainee<T: Trainee & ~Copyable> =
  (Job, borrowing Communicator) throws(TrainingError) -> T

/// Turns a living trainer into one for a job that starts from a state, which is restored next, on every rank of the
/// group; false, with nothing changed, when the job needs one of its own. Collective.
public typealias RenewTrainee<T: Trainee & ~Copyable> = (inout T, Job) throws(TrainingError) -> Bool

/// Keeps a trainer for ever whose ranks did not meet: what they were sending may still come into its memory.
func leak<T: ~Copyable>(_ trainee: consuming T) { _ = Unmanaged.passRetained(Leaked(trainee)) }

private final class Leaked<T: ~Copyable> {
  private let trainee: T
  init(_ trainee: consuming T) { self.trainee = trainee }
}

/// Where a rank's trainers come from, and the one that lives on from one job of a group to the next: of the same
/// architecture, nothing is allocated, and nothing drawn that a state overwrites at once.
final class TraineeKeeper<T: Trainee & ~Copyable> {
  let make: MakeTrainee<T>
  let renew: RenewTrainee<T>
  private var living: T?
  /// Whose it is; nil when there is none.
  private var group: TrialGroup?

  init(making make: @escaping MakeTrainee<T>, renewing renew: @escaping RenewTrainee<T>) {
    self.make = make
    self.renew = renew
  }

  /// Whether the trainer of this group's last job is kept.
  func hasLiving(of group: TrialGroup) -> Bool { self.group === group }

  func keep(_ trainee: consuming T, of group: TrialGroup) {
    living = consume trainee
    self.group = group
  }

  func take() -> T? {
    var taken: T?
    swap(&taken, &living)
    group = nil
    return taken
  }

  /// Frees its memory.
  func drop() { _ = take() }
}

/// A job's trainer on one group, from making it to the reached state. Every method is collective over the
/// group, and throws the same on all of its ranks.
struct JobRunner<T: Trainee & ~Copyable>: ~Copyable {
  let job: Job
  /// How long the trainee trains to reach the job's target; nil when its budget is the job's.
  private let length: Int?
  private let group: TrialGroup
  private var trainee: T
  /// Whether it was interrupted on its way: it may have reached its budget, and not yet what is measured.
  private var isUnderWay = false

  /// Makes the trainer, restores the state, and reads the hyperparameters back.
  ///
  /// - Parameters:
  ///   - length: how long the trainee trains, from new weights, to reach the job's target; nil when its budget
  ///     is the job's.
  ///   - isRestored: whether the job starts from a state; the same on all ranks.
  ///   - isRenewed: whether the trainer of the last job is to be taken where it can be; the same on all ranks, which
  ///     have it then.
  ///   - state: read on the group's root alone.
  /// - Throws: `JobFailure.trial` when that cannot be done, or when a hyperparameter is not in force as
  ///   planned; `JobFailure.state` when the state is not one of this trainer; `JobFailure.fault` when it may lie
  ///   at a rank's host.
  init(
    _ job: Job, length: Int?, isRestored: Bool, isRenewed: Bool, from state: Snapshot?, on group: TrialGroup,
    by keeper: TraineeKeeper<T>
  ) throws(JobFailure) {
    var trainee = try Self.trainee(for: job, isRenewed: isRenewed, group, keeper)
    do throws(JobFailure) {
      if isRestored { try Self.restore(&trainee, from: state, group) }
      _ = try Self.effectiveConfiguration(of: job, &trainee, group)
    } catch {
      if case .fault(let fault) = error, fault.cause == .peer { leak(trainee) }
      throw error
    }
    self.job = job
    self.length = length
    self.group = group
    self.trainee = trainee
  }

  private static func trainee(
    for job: Job, isRenewed: Bool, _ group: TrialGroup, _ keeper: TraineeKeeper<T>
  ) throws(JobFailure) -> T {
    if isRenewed, var living = keeper.take() {
      let isItsOwn = try attempt(&living, group) { (living: inout T) throws(TrainingError) in
        try keeper.renew(&living, job)
      }
      if isItsOwn { return living }
    }
    // A new one may need its memory.
    keeper.drop()
    let trainee: T
    do throws(TrainingError) {
      trainee = try keeper.make(job, group.communicator)
    } catch {
      throw try agreed(JobFailure(error, isMade: false, host: group.host, group: group.id), group)
    }
    try group.agree(nil)
    return trainee
  }

  private static func restore(
    _ trainee: inout T, from state: Snapshot?, _ group: TrialGroup
  ) throws(JobFailure) {
    do throws(TrainingError) {
      try trainee.restore(state)
    } catch {
      let failure = JobFailure(error, isMade: true, host: group.host, group: group.id)
      guard case .invalid = error, case .trial(let reason) = failure else { throw try agreed(failure, group) }
      throw try agreed(.state(reason: reason), group)
    }
    try group.agree(nil)
  }

  /// The trainer, for the group's next job.
  consuming func end() -> T { trainee }

  /// Trains until the target is reached or the root's `isInterrupted` says true; it is asked after every
  /// step.
  ///
  /// - Parameter meanwhile: called while a step waits for another process; true asks to give the step up.
  /// - Returns: true when the target is reached.
  mutating func advance(isInterrupted: () -> Bool, meanwhile: () -> Bool) throws(JobFailure) -> Bool {
    let (end, isUnderWay) = (length ?? job.target, isUnderWay)
    let pause = try Self.attempt(&trainee, group) {
      (trainee: inout T) throws(TrainingError) -> TrainingPause in
      if trainee.budget >= end && !isUnderWay { return .reachedTarget }
      return try trainee.train(to: end, isInterrupted: isInterrupted, meanwhile: meanwhile)
    }
    self.isUnderWay = pause == .interrupted
    return pause == .reachedTarget
  }

  /// Checks, where such checks are switched on, that all ranks are at the same point of the same work.
  func assertAlike() throws(JobFailure) {
    guard TrialGroup.isAsserting else { return }
    let inForce: [String: HyperparameterValue]
    do throws(TrainingError) {
      inForce = try trainee.effectiveHyperparameters()
    } catch {
      // Collective: all ranks have thrown it.
      throw JobFailure(error, isMade: true, host: group.host, group: group.id)
    }
    let values = inForce.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    try group.assertAlike("\(job.id) at \(trainee.budget), \(values)")
  }

  /// Metrics at the point reached, which is the job's target.
  mutating func measure() throws(JobFailure) -> Training.Measurement {
    var measurement = try Self.attempt(&trainee, group) { (trainee: inout T) throws(TrainingError) in
      try trainee.measure()
    }
    if trainee.budget == length { measurement.budget = job.target }
    return measurement
  }

  /// The state between two steps; nil on ranks other than the root.
  mutating func snapshot() throws(JobFailure) -> Snapshot? {
    let snapshot = try Self.attempt(&trainee, group) { (trainee: inout T) throws(TrainingError) in
      try trainee.snapshot()
    }
    if group.isRoot, snapshot == nil {
      throw .fault(
        Fault(
          .defect,
          TunerError(
            .defect, subject: "\(job.id)", expected: "a snapshot on the group's root", found: "none",
            remedy: "Report this as a bug of the model.")))
    }
    return snapshot
  }

  /// What it takes to use the model elsewhere. Local; on the group's root.
  func record() throws(JobFailure) -> ModelRecord? {
    do throws(TrainingError) { return try trainee.record() } catch {
      throw JobFailure(error, isMade: true, host: group.host, group: group.id)
    }
  }

  /// The job's hyperparameters as the running trainer has them: a clone that restores its parent's optimizer
  /// must not lose what was planned for it.
  ///
  /// - Throws: `JobFailure.trial`, naming both values, when one is in force with another value than planned.
  mutating func effectiveConfiguration() throws(JobFailure) -> Configuration {
    try Self.effectiveConfiguration(of: job, &trainee, group)
  }

  private static func effectiveConfiguration(
    of job: Job, _ trainee: inout T, _ group: TrialGroup
  ) throws(JobFailure) -> Configuration {
    let found = try attempt(&trainee, group) { (trainee: inout T) throws(TrainingError) in
      try trainee.effectiveHyperparameters()
    }
    var effective = Configuration()
    for name in job.configuration.values.keys {
      effective[name] = found[name].map(ParameterValue.init)
    }
    let complaint = HyperparameterCheck.complaint(planned: job.configuration, effective: effective)
    try group.agree(complaint.map { .trial(reason: $0) })
    return effective
  }

  /// Does something with the trainer, and goes on only if all ranks could.
  private static func attempt<Result>(
    _ trainee: inout T, _ group: TrialGroup, _ body: (inout T) throws(TrainingError) -> Result
  ) throws(JobFailure) -> Result {
    let result: Result
    do throws(TrainingError) {
      result = try body(&trainee)
    } catch {
      throw try agreed(JobFailure(error, isMade: true, host: group.host, group: group.id), group)
    }
    try group.agree(nil)
    return result
  }

  /// What all ranks throw when this one has failed: its failure, or that of a rank before it.
  private static func agreed(_ failure: JobFailure, _ group: TrialGroup) throws(JobFailure) -> JobFailure {
    try group.agree(failure)
    return failure
  }
}

extension HyperparameterCheck {
  /// What is wrong with the hyperparameters in force; nil when all are as planned.
  static func complaint(planned: Configuration, effective: Configuration) -> String? {
    mismatch(planned: planned, effective: effective).map { name, found in
      let found = found.map { "\($0.text) in the trainer" } ?? "that the trainer does not know it"
      return "\(name): expected \(planned[name]!.text) in force, as planned, found \(found)"
    }
  }
}

extension ParameterValue {
  package init(_ value: HyperparameterValue) {
    switch value {
    case .number(let number): self = .number(number)
    case .text(let text): self = .text(text)
    }
  }
}

extension HyperparameterValue {
  package init(_ value: ParameterValue) {
    switch value {
    case .number(let number): self = .number(number)
    case .text(let text): self = .text(text)
    }
  }
}
