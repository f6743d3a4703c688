/// Lives a study on virtual groups and a virtual clock: the controller, the journal and the loop are those of
/// a real run; training is a function.
///
/// - Parameters:
///   - groups: how many groups of ranks there are.
///   - training: nil for learning curves over the study's space, the optimum drawn from its seed.
///   - journal: where the records go; in memory, or a file.
/// - Returns: the summary, the virtual seconds, and the utilization.
public func simulate(
  _ study: Study, groups: Int, training: VirtualTraining? = nil, recording journal: inout Journal,
  _ options: RunOptions
) throws(TunerError) -> RunResult {
  guard groups >= 1 else {
    throw TunerError(
      .usage, subject: "the simulation", expected: "at least 1 group of ranks", found: "\(groups)",
      remedy: "Write how many groups to simulate.")
  }
  var controller = try Controller(study, after: nil)
  var cluster = SimulatedCluster(
    study, groups: groups,
    training: training ?? .learningCurves(over: study.space, study.objective, seed: study.seed))
  return try run(&controller, on: &cluster, recording: &journal, options)
}
