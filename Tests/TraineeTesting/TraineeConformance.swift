public import MPI
import Testing
public import Training

/// What a trainee must do, whatever it trains. A rank test runs each of them on every trainee.
public enum TraineeCheck: String, CaseIterable, Sendable {
  case description, budgets, restore, livingRestore, hyperparameters, refusedHyperparameters, interrupts
  case failure, foreignState, otherRanks
}

/// A kind of trainee under test: how it is made, and the values that the checks need of it.
public struct TraineeConformance<T: Trainee & ~Copyable> {
  /// Makes a trial on all ranks of a group. Values that are not given are the kind's own.
  public typealias Make =
    (_ trial: Int, _ values: [String: HyperparameterValue], _ group: borrowing Communicator)
    throws(TrainingError) -> T

  let make: Make
  /// As `make`, of a trainee that fails in training, in its third step or later, on the last rank alone.
  let makeFailing: Make
  /// Two budgets in ascending order, several steps apart.
  let budgets: (first: Int, second: Int)
  /// Live hyperparameters, with values that the kind does not give them.
  let changes: [String: HyperparameterValue]
  /// A hyperparameter that cannot change while a trial runs, with another value; nil where all can.
  let fixed: (name: String, value: HyperparameterValue)?
  /// A state of another trainee, and what of it must be named when it is refused.
  let foreign: (state: Snapshot, name: String)
  /// Whether all the training of a job is one step, which can only be given up as a whole.
  let isOneStep: Bool
  /// By how much metrics may differ on another number of ranks, relative to 1 or to themselves.
  let tolerance: Double

  public init(
    budgets: (first: Int, second: Int), changes: [String: HyperparameterValue],
    fixed: (name: String, value: HyperparameterValue)?, foreign: (state: Snapshot, name: String),
    tolerance: Double, isOneStep: Bool = false, makeFailing: @escaping Make, make: @escaping Make
  ) {
    self.make = make
    self.makeFailing = makeFailing
    (self.budgets, self.changes) = (budgets, changes)
    self.fixed = fixed
    self.foreign = foreign
    self.tolerance = tolerance
    self.isOneStep = isOneStep
  }

  /// Collective over `group`, of any size.
  public func run(_ check: TraineeCheck, on group: borrowing Communicator) throws {
    switch check {
    case .description: try checkDescription(on: group)
    case .budgets: try checkBudgets(on: group)
    case .restore: try checkRestore(on: group)
    case .livingRestore: try checkLivingRestore(on: group)
    case .hyperparameters: try checkHyperparameters(on: group)
    case .refusedHyperparameters: try checkRefusedHyperparameters(on: group)
    case .interrupts: try checkInterrupts(on: group)
    case .failure: try checkFailure(on: group)
    case .foreignState: try checkForeignState(on: group)
    case .otherRanks: try checkOtherRanks(on: group)
    }
  }
}

// What it says of itself, and what it counts.
extension TraineeConformance where T: ~Copyable {
  /// It measures what it says that it measures, and what is in force are values of hyperparameters that it
  /// knows.
  private func checkDescription(on group: borrowing Communicator) throws {
    var trainee = try make(1, [:], group)
    let description = trainee.description
    for (name, value) in try trainee.effectiveHyperparameters() {
      let hyperparameter = description.hyperparameter(named: name)
      #expect(hyperparameter?.kind.accepts(value) == true, "\(name): \(value)")
    }
    #expect(changes.keys.allSatisfy(description.liveNames.contains))
    _ = try trainee.train(to: budgets.first) { false }
    let measured = Set(try trainee.measure().metrics.keys)
    #expect(measured.isSubset(of: description.metrics.map(\.name)))
    #expect(measured.isSuperset(of: description.metrics.filter { !$0.isOnRequest }.map(\.name)))
  }

  /// A target is cumulative, and reached exactly; what is reached is not trained again.
  private func checkBudgets(on group: borrowing Communicator) throws {
    var trainee = try make(1, [:], group)
    #expect(trainee.budget == 0)
    for target in [budgets.first, budgets.second] {
      #expect(try trainee.train(to: target) { false } == .reachedTarget)
      #expect(trainee.budget == target)
      var steps = 0
      let again = try trainee.train(to: target) {
        steps += 1
        return false
      }
      #expect(again == .reachedTarget)
      #expect(steps == 0)
      #expect(try trainee.measure().budget == target)
      let snapshot = try trainee.snapshot()
      #expect((snapshot != nil) == group.isRoot)
      if let snapshot { #expect(snapshot.progress.budget == target) }
    }
  }
}

// Its state.
extension TraineeConformance where T: ~Copyable {
  /// A state that was restored is the one that was taken, and what is trained from it is what would have been
  /// trained, bit for bit.
  private func checkRestore(on group: borrowing Communicator) throws {
    var first = try make(1, [:], group)
    _ = try first.train(to: budgets.first) { false }
    let state = try first.snapshot()
    var second = try make(1, [:], group)
    try second.restore(state)
    #expect(second.budget == budgets.first)
    #expect(try second.snapshot() == state)
    try expectEqualFuture(&first, &second)
  }

  /// A clone into a trainee that has trained something else, under the same values.
  private func checkLivingRestore(on group: borrowing Communicator) throws {
    var parent = try make(1, [:], group)
    _ = try parent.train(to: budgets.first) { false }
    var living = try make(1, [:], group)
    _ = try living.train(to: budgets.second) { false }
    _ = try living.measure()
    try living.restore(parent.snapshot())
    try expectEqualFuture(&parent, &living)
  }

  private func expectEqualFuture(_ first: inout T, _ second: inout T) throws {
    _ = try first.train(to: budgets.second) { false }
    _ = try second.train(to: budgets.second) { false }
    #expect(try first.measure() == second.measure())
    #expect(try first.snapshot() == second.snapshot())
  }

  /// A state of another trainee is refused on all ranks, by name.
  private func checkForeignState(on group: borrowing Communicator) throws {
    var trainee = try make(1, [:], group)
    let state = group.isRoot ? foreign.state : nil
    let error = try failure(on: group) { () throws(TrainingError) in try trainee.restore(state) }
    guard case .invalid = error else {
      Issue.record("a foreign state: \(error?.description ?? "no error")")
      return
    }
    #expect(error?.description.contains(foreign.name) == true, "\(error?.description ?? "")")
  }

  /// The same trial on one rank alone, from its beginning and from the group's state.
  private func checkOtherRanks(on group: borrowing Communicator) throws {
    var together = try make(1, [:], group)
    _ = try together.train(to: budgets.first) { false }
    let state = try together.snapshot()
    _ = try together.train(to: budgets.second) { false }
    let expected = try together.measure().metrics
    let one = try group.makeGroup(of: [group.rank], tag: Tag(17), named: "one rank")
    var alone = try make(1, [:], one)
    _ = try alone.train(to: budgets.second) { false }
    expectClose(try alone.measure().metrics, expected)
    guard let state else { return }
    var restored = try make(1, [:], one)
    try restored.restore(state)
    _ = try restored.train(to: budgets.second) { false }
    expectClose(try restored.measure().metrics, expected)
  }

  private func expectClose(_ found: [String: Double], _ expected: [String: Double]) {
    #expect(found.keys == expected.keys)
    for (name, value) in found {
      let wanted = expected[name] ?? .nan
      #expect(abs(value - wanted) <= tolerance * max(1, abs(wanted)), "\(name)")
    }
  }
}

// Its hyperparameters.
extension TraineeConformance where T: ~Copyable {
  /// What is set is in force, the rest as it was; and a state does not bring its own values back.
  private func checkHyperparameters(on group: borrowing Communicator) throws {
    var trainee = try make(1, [:], group)
    let before = try trainee.effectiveHyperparameters()
    _ = try trainee.train(to: budgets.first) { false }
    let old = try trainee.snapshot()
    try trainee.set(changes)
    let wanted = before.merging(changes) { _, new in new }
    try expectInForce(wanted, in: &trainee)
    _ = try trainee.train(to: budgets.second) { false }
    try expectInForce(wanted, in: &trainee)
    try trainee.restore(old)
    try expectInForce(wanted, in: &trainee)
    var made = try make(1, changes, group)
    try expectInForce(wanted, in: &made)
    // Set or made with: the same is computed.
    try made.restore(old)
    try expectEqualFuture(&trainee, &made)
  }

  private func expectInForce(_ wanted: [String: HyperparameterValue], in trainee: inout T) throws {
    let found = try trainee.effectiveHyperparameters()
    #expect(found.keys == wanted.keys)
    for (name, value) in found {
      switch (value, wanted[name]) {
      // A trainee may keep it as a 32-bit float.
      case (.number(let value), .number(let wanted)):
        #expect(abs(value - wanted) <= 1e-6 * abs(wanted), "\(name)")
      default: #expect(value == wanted[name], "\(name)")
      }
    }
  }

  /// An unknown name, a value out of range and a value that cannot change are refused by name on all ranks,
  /// and nothing is changed.
  private func checkRefusedHyperparameters(on group: borrowing Communicator) throws {
    var trainee = try make(1, [:], group)
    let before = try trainee.effectiveHyperparameters()
    var refused: [(name: String, value: HyperparameterValue)] = [
      ("no_such_name", .number(1)), (changes.keys.sorted()[0], .text("no such value")),
    ].filter { trainee.description.hyperparameter(named: $0.0)?.kind.accepts($0.1) != true }
    if let fixed { refused.append(fixed) }
    for (name, value) in refused {
      var values = changes
      values[name] = value
      let error = try failure(on: group) { () throws(TrainingError) in try trainee.set(values) }
      guard case .invalid(let subject, _, _, _) = error else {
        Issue.record("\(name): \(error?.description ?? "no error")")
        continue
      }
      #expect(subject == name)
      #expect(try trainee.effectiveHyperparameters() == before)
    }
    // A value that it has already is no change.
    try trainee.set(before)
    #expect(try trainee.effectiveHyperparameters() == before)
  }
}

// What goes on between its ranks.
extension TraineeConformance where T: ~Copyable {
  /// All ranks stop after the same step, whichever is interrupted, and go on as if nothing had been.
  private func checkInterrupts(on group: borrowing Communicator) throws {
    if isOneStep { return try checkGivingUp(on: group) }
    for interrupted in 0..<group.size {
      var trainee = try make(1, [:], group)
      let isInterrupted = group.rank.rawValue == interrupted
      var steps = 0
      let pause = try trainee.train(to: budgets.second) {
        steps += 1
        return isInterrupted && steps == 2
      }
      #expect(pause == .interrupted)
      #expect(steps == 2)
      #expect(trainee.budget < budgets.second)
      #expect(try trainee.train(to: budgets.second) { false } == .reachedTarget)
      var uninterrupted = try make(1, [:], group)
      try expectEqualFuture(&uninterrupted, &trainee)
    }
  }

  /// A step that is all of a job is given up, whichever rank asks for that, and done anew as if nothing had been.
  private func checkGivingUp(on group: borrowing Communicator) throws {
    for asking in 0..<group.size {
      var trainee = try make(1, [:], group)
      _ = try trainee.train(to: budgets.first) { false }
      let asks = group.rank.rawValue == asking
      let pause = try trainee.train(to: budgets.second, isInterrupted: { false }, meanwhile: { asks })
      #expect(pause == .interrupted)
      #expect(trainee.budget == budgets.first)
      var uninterrupted = try make(1, [:], group)
      _ = try uninterrupted.train(to: budgets.first) { false }
      try expectEqualFuture(&uninterrupted, &trainee)
    }
  }

  /// What fails on one rank ends the training on all of them, and the group's communicator is of use again.
  private func checkFailure(on group: borrowing Communicator) throws {
    var failing = try makeFailing(1, [:], group)
    let start = ContinuousClock.now
    let error = try failure(on: group) { () throws(TrainingError) in
      _ = try failing.train(to: budgets.second) { false }
    }
    #expect(error != nil)
    // Far less than anybody's patience.
    #expect(start.duration(to: .now) < .seconds(10))
    var next = try make(2, [:], group)
    #expect(try next.train(to: budgets.first) { false } == .reachedTarget)
  }

  /// What `body` throws, which must be the same on every rank; nil where it throws nothing on any.
  private func failure(
    on group: borrowing Communicator, _ body: () throws(TrainingError) -> Void
  ) throws -> TrainingError? {
    var failure: TrainingError?
    do throws(TrainingError) { try body() } catch { failure = error }
    let words = failure?.description ?? "no error"
    let roots = String(decoding: try group.broadcastBytes(Array(words.utf8)), as: UTF8.self)
    #expect(words == roots)
    return failure
  }
}
