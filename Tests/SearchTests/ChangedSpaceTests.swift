import Randomness
import Search
import Testing

/// A study whose space is changed between two of its trials goes on in the new space, whoever proposes.
@Suite struct ChangedSpaceTests {
  private static func space(
    rate: Domain = .float(low: 1e-4, high: 1, scale: .log),
    width: Domain? = .integer(low: 8, high: 64, scale: .log),
    optimizer: [String] = ["sgd", "lamb"], momentumFor: String? = "sgd", more: [Parameter] = []
  ) -> SearchSpace {
    var parameters = [Parameter(name: "learning_rate", domain: rate)]
    if let width { parameters.append(Parameter(name: "width", domain: width)) }
    parameters.append(Parameter(name: "optimizer", domain: .categorical(optimizer.map { .text($0) })))
    parameters.append(
      Parameter(
        name: "momentum", domain: .float(low: 0, high: 0.99, scale: .linear),
        condition: momentumFor.map { Condition(parameter: "optimizer", values: [.text($0)]) }))
    return SearchSpace(parameters + more)
  }

  static let old = space()
  static let changes: [(name: String, space: SearchSpace)] = [
    ("narrowed", space(rate: .float(low: 0.01, high: 0.1, scale: .log))),
    ("apart", space(rate: .float(low: 2, high: 3, scale: .linear))),
    ("on a grid", space(rate: .quantized(low: 0.1, high: 0.9, step: 0.2, scale: .linear))),
    ("integers now", space(rate: .integer(low: 1, high: 4, scale: .linear))),
    ("a parameter gone", space(width: nil)),
    (
      "a parameter more",
      space(more: [Parameter(name: "heads", domain: .integer(low: 1, high: 8, scale: .linear))])
    ),
    ("a choice gone", space(optimizer: ["lamb", "adam"], momentumFor: "lamb")),
    ("another condition", space(momentumFor: "lamb")),
    ("no condition", space(momentumFor: nil)),
    ("one value", space(rate: .fixed(.number(0.5)))),
  ]

  @Test(arguments: SamplerTests.all)
  func `every sampler goes on in a changed space`(sampler: SamplerConfiguration) throws {
    func study(_ space: SearchSpace, _ trials: Int) throws -> SourcedStudy {
      var study = try SourcedStudy(.full(FullRunOptions(trials: trials, budget: 1)), sampler, in: space)
      study.fails = { $0.id.rawValue % 5 == 3 }
      return study
    }
    var before = try study(Self.old, 12)
    // Some are at work when the space changes.
    try before.run(to: 20)
    for (name, space) in Self.changes {
      var after = try study(space, 18)
      try after.replay(before.log)
      try after.run()
      #expect(after.jobs.count == 18, "\(name)")
      for job in after.jobs.dropFirst(before.jobs.count) {
        #expect(throws: Never.self, "\(name)") { try space.validate(job.configuration) }
      }
    }
  }

  @Test(arguments: SchedulerConformanceTests.configurations)
  func `every scheduler goes on in a changed space`(_ configuration: SchedulerConfiguration) throws {
    // A replayed schedule is of the space or refused.
    guard configuration.kind != .replay else { return }
    func study(_ space: SearchSpace) throws -> SourcedStudy {
      var study = try SourcedStudy(configuration, .random, in: space)
      study.fails = { $0.id.rawValue % 7 == 3 }
      return study
    }
    var whole = try study(Self.old)
    try whole.run()
    for (name, space) in Self.changes {
      for share in [3, 2] {
        let begun = Array(whole.log.prefix(whole.log.count / share))
        var after = try study(space)
        try after.replay(begun)
        let known = after.jobs.count
        try after.run()
        #expect(after.scheduler.isFinished, "\(name)")
        for job in after.jobs.dropFirst(known) { try Self.check(job, in: space, name) }
      }
    }
  }

  /// New trials are of the new space; of clones what may change is.
  private static func check(_ job: Job, in space: SearchSpace, _ name: String) throws {
    switch job.origin {
    case .resume: return
    case .fresh: #expect(throws: Never.self, "\(name)") { try space.validate(job.configuration) }
    case .fork:
      for parameter in space.parameters where VirtualStudy.mutable.contains(parameter.name) {
        guard let value = job.configuration[parameter.name] else { continue }
        #expect(parameter.domain.contains(value), "\(name): \(parameter.name) \(value)")
      }
    }
  }

  @Test func `what the new space can express is learned from`() throws {
    // The best of the old trials lie in the new range, so that proposals gather there at once.
    var before = try SourcedStudy(
      .full(FullRunOptions(trials: 30, budget: 1)), SamplerTests.tpe,
      in: SearchSpace([Parameter(name: "x", domain: .float(low: 0, high: 10, scale: .linear))]))
    try before.run()
    let narrowed = SearchSpace([Parameter(name: "x", domain: .float(low: 3, high: 8, scale: .linear))])
    var after = try SourcedStudy(
      .full(FullRunOptions(trials: 40, budget: 1)), SamplerTests.tpe, in: narrowed)
    try after.replay(before.log)
    try after.run()
    let new = after.begun.suffix(10)
    // sin(1 + x) is least at 3.71.
    #expect(new.count { abs($0.number("x") - 3.71) < 1 } >= 6)
  }

  @Test func `the old space takes the whole record again`() throws {
    for kind in [
      SchedulerConfiguration.pbt(PBTOptions(population: 4, generations: 4, interval: 1)),
      .dehb(DEHBOptions(maximumBudget: 9, iterations: 2)), .bohb(BOHBOptions(maximumBudget: 9)),
    ] {
      var study = try SourcedStudy(kind, .random, in: Self.old)
      try study.run(to: 12)
      var narrowed = try SourcedStudy(kind, .random, in: Self.changes[0].space)
      try narrowed.replay(study.log)
      try narrowed.run(to: study.log.count + 10)
      var widened = try SourcedStudy(kind, .random, in: Self.old)
      try widened.replay(narrowed.log)
      try widened.run()
      #expect(widened.scheduler.isFinished)
    }
  }
}
