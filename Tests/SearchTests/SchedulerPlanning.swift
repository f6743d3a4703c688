import Search

extension SchedulerConfiguration {
  /// What a plan says.
  enum Planning {
    /// What a study without failures does.
    case exact
    /// What a study does in which no trial is stopped.
    case most
    /// Asynchronous halving promotes by what it meets: its plan is a typical study.
    case typical
    /// Exactly so much budget is handed out; in how many trials and jobs follows from the outcomes.
    case budget
  }

  var planning: Planning {
    switch self {
    case .asha: .typical
    case .freezeThaw: .budget
    case .hyperband(let options): options.decisions == .synchronous ? .exact : .typical
    case .median, .extrapolation: .most
    case .pbt(let options): options.decisions == .synchronous ? .exact : .most
    case .bohb(let options): options.decisions == .synchronous ? .exact : .typical
    case .priorband(let options): options.decisions == .synchronous ? .exact : .typical
    case .full, .successiveHalving, .dehb, .replay: .exact
    }
  }

  /// The same study with more trials, iterations or generations.
  var extended: Self {
    switch self {
    case .full(var options):
      options.trials += 7
      return .full(options)
    case .median(var options):
      options.trials += 11
      return .median(options)
    case .extrapolation(var options):
      options.trials += 11
      return .extrapolation(options)
    case .bohb(var options):
      options.iterations += 1
      return .bohb(options)
    case .priorband(var options):
      options.iterations += 1
      return .priorband(options)
    case .replay(var options):
      options.trials += 2
      return .replay(options)
    case .dehb(var options):
      options.iterations += 1
      return .dehb(options)
    case .successiveHalving(var options):
      options.iterations += 1
      return .successiveHalving(options)
    case .hyperband(var options):
      options.iterations += 1
      return .hyperband(options)
    case .freezeThaw(var options):
      options.runs += 4
      return .freezeThaw(options)
    case .asha(var options):
      options.trials += 40
      return .asha(options)
    case .pbt(var options):
      options.generations += 3
      return .pbt(options)
    }
  }
}
