public import Search
public import Training

// What the file alone does not show: whether all that the search can propose goes with the data. `check` and
// `run` ask the same, before anything is begun.
extension Study {
  /// Checks that data and model go together, that what is left of the training samples holds a batch, and what
  /// else `TrainingConfiguration.validate(with:ranksPerTrial:)` knows, for all that the search may propose, at
  /// every budget at which trials are compared.
  ///
  /// Reads no file. Linear in the number of samples, for a few shares of them.
  ///
  /// - Parameter whole: the study's data, not yet divided into folds.
  /// - Returns: `TrainingError.invalid` for the first configuration that has a problem of its kind; empty where all
  ///   can be trained.
  public func problems(with whole: TrainingData) -> [TrainingError] {
    var problems: [TrainingError] = []
    do throws(TrainingError) {
      try requireImages(of: whole)
      // The first fold trains on no more samples than any other.
      let data = try self.data(whole, for: TrialID(0))
      var shares = SampleShares(data, seed: seed)
      for training in try representatives(for: data) {
        let prepared = try shares.data(for: training).scaled(to: training.usedResolution)
          .shaped(by: training.features)
        for problem in training.validate(withPrepared: prepared, ranksPerTrial: ranksPerTrial)
        where !problems.contains(where: { $0.isOfOneKind(with: problem) }) {
          problems.append(problem)
        }
      }
    } catch {
      if !problems.contains(where: { $0.isOfOneKind(with: error) }) { problems.append(error) }
    }
    return problems
  }

  /// What stands for all that the search may propose and this data can train.
  ///
  /// A search over the columns of a table may leave all of them out: such a trial fails, and the others go
  /// on. So it stands for none of them, unless every trial is such a one.
  ///
  /// - Throws: `TrainingError.invalid` for a column that the table has not.
  func representatives(for data: TrainingData) throws(TrainingError) -> [TrainingConfiguration] {
    let trainings = try representatives().compactMap(\.training)
    for training in trainings {
      if let column = data.unknownColumn(of: training.features), !data.columnNames.isEmpty {
        throw TrainingData.unknown(column, suggestion(for: column, among: data.columnNames))
      }
    }
    let possible = trainings.filter { data.leavesColumns($0.features) }
    return possible.isEmpty ? trainings : possible
  }

  /// What stands for all that the search may propose, at every budget at which trials are compared.
  private func representatives() throws(TrainingError) -> [TraineeConfiguration] {
    let budgets = try budgets()
    let description = trainee.description
    var trainees: [TraineeConfiguration] = []
    for configuration in space.probes() + (starting?.first ?? []) {
      // Names that are not the trainee's say nothing of the data.
      let known = Configuration(
        configuration.values.filter { description.hyperparameter(named: $0.key) != nil })
      for budget in budgets { trainees.append(try trainee(for: known, at: budget)) }
    }
    return trainees
  }

  /// At which a configuration may differ from what it is at others.
  private func budgets() throws(TrainingError) -> [Int] {
    guard fidelity != nil else { return [1] }
    do throws(SearchError) { return try scheduler.rungs() } catch { throw .library(error.description) }
  }

  /// Convolutional networks and another resolution are of images alone.
  private func requireImages(of data: TrainingData) throws(TrainingError) {
    if (space.parameters.map(\.name) + [fidelity?.name]).contains("resolution") { try data.requireImages() }
    if case .samples(let shape, _, _) = data.form,
      let objection = trainee.training?.model.shape.objection(to: shape)
    {
      throw objection
    }
  }
}

extension TrainingError {
  /// Whether they are of one subject: other configurations say the same of it in other numbers.
  fileprivate func isOfOneKind(with other: Self) -> Bool {
    if case .invalid(let subject, _, _, _) = self, case .invalid(subject, _, _, _) = other { return true }
    return self == other
  }
}

extension Controller {
  /// What the study amounts to.
  public var plan: SchedulePlan { search.scheduler.plan }
}

/// What a trial trains on, by its share of the data.
private struct SampleShares {
  private let data: TrainingData
  private let seed: UInt64
  private var known: [Double: TrainingData] = [:]

  init(_ data: TrainingData, seed: UInt64) {
    self.data = data
    self.seed = seed
  }

  /// Its samples, or those of a smaller share where one is known that holds a batch: a share of its own for
  /// every probe would make the check as long as an epoch.
  ///
  /// - Throws: `TrainingError.invalid` when too little is left of a text.
  mutating func data(for training: TrainingConfiguration) throws(TrainingError) -> TrainingData {
    let share = training.usedDataShare
    if let found = known.filter({ $0.key <= share }).max(by: { $0.key < $1.key }),
      found.key == share || found.value.count(of: .train) >= training.batchSize
    {
      return found.value
    }
    var whole = training
    whole.resolution = nil
    whole.features = Features()
    let reduced = try data.prepared(for: whole, seed: seed)
    known[share] = reduced
    return reduced
  }
}
