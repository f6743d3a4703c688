import Foundation
import Testing
import Training

@Suite struct ScheduleTests {
  static let schedules: [String: Schedule] = [
    "linear": .linear(from: 0.1, to: 0.4, steps: 10),
    "cosine": .cosine(from: 0.4, to: 0.04, steps: 40),
    "polynomial": .polynomial(from: 0.4, to: 0, steps: 30, power: 2),
    "step": .step(from: 0.4, factor: 0.3, every: 7),
    "exponential": .exponential(from: 0.4, factor: 0.9, every: 1),
    "warm-up then cosine": .warmUp(to: 0.4, steps: 8, then: .cosine(from: 0.4, to: 0.04, steps: 32)),
  ]

  /// Golden/schedules.py. PyTorch's schedulers multiply step by step, so they carry some roundings more.
  @Test func `schedules follow PyTorch's within 1e-12`() throws {
    let golden = try JSONDecoder().decode([String: [Double]].self, from: goldenFile("schedules.json"))
    #expect(Set(golden.keys) == Set(Self.schedules.keys))
    for (name, expected) in golden {
      let schedule = try #require(Self.schedules[name])
      #expect(expected.count == 40)
      for (step, value) in expected.enumerated() {
        #expect(abs(schedule.value(at: step) - value) < 1e-12, "\(name) at step \(step)")
      }
    }
  }

  @Test func `a warm-up starts above 0 and meets the peak where the rest begins`() {
    let schedule = Schedule.warmUp(to: 0.3, steps: 4, then: .constant(0.3))
    let values = (0..<6).map(schedule.value(at:))
    for (found, expected) in zip(values, [0.06, 0.12, 0.18, 0.24, 0.3, 0.3]) {
      #expect(abs(found - expected) < 1e-15)
    }
    #expect(Schedule.warmUp(to: 0.3, steps: 0, then: .constant(0.3)) == .constant(0.3))
  }

  @Test func `what comes after the last step stays at the end`() {
    #expect(Schedule.linear(from: 1, to: 0.5, steps: 4).value(at: 1000) == 0.5)
    #expect(Schedule.cosine(from: 1, to: 0.25, steps: 4).value(at: 4) == 0.25)
    #expect(Schedule.polynomial(from: 1, to: 0.25, steps: 4, power: 3).value(at: 5) == 0.25)
    #expect(Schedule.cosine(from: 1, to: 0.25, steps: 0).value(at: 0) == 0.25)
  }

  @Test func `nested sequences count from their own boundaries`() {
    let schedule = Schedule.sequence(
      first: .constant(1), steps: 2,
      rest: .sequence(first: .constant(2), steps: 3, rest: .linear(from: 3, to: 5, steps: 2)))
    #expect((0..<9).map(schedule.value(at:)) == [1, 1, 2, 2, 2, 3, 4, 5, 5])
  }

  /// The peak is what read-back compares, so it must be exact for rates that no binary fraction meets.
  @Test(arguments: [0.1, 0.0123456789, 1.0 / 3, 3e-4])
  func `the peak of a warm-up and decay is the peak that was asked for`(peak: Double) throws {
    var configuration = ScheduleConfiguration()
    configuration.length = 7
    configuration.finalFraction = 0.3
    for decay in ScheduleConfiguration.Decay.allCases {
      for warmup in [0, 0.4, 2] {
        configuration.decay = decay
        configuration.warmup = warmup
        let schedule = try configuration.schedule(peak: peak, stepsPerUnit: 13)
        let highest = try #require((0..<200).map(schedule.value(at:)).max())
        #expect(schedule.peak == peak)
        #expect(highest == peak)
      }
    }
  }

  @Test func `peaks of rising and cut-off pieces are where the pieces end`() {
    #expect(Schedule.linear(from: 1, to: 3, steps: 10).peak == 3)
    let cut = Schedule.sequence(first: .linear(from: 0, to: 10, steps: 10), steps: 5, rest: .constant(1))
    #expect(cut.peak == 4)
    #expect(Schedule.exponential(from: 1, factor: 2, every: 1).peak == .infinity)
    #expect(Schedule.step(from: 2, factor: 0.5, every: 3).peak == 2)
  }

  @Test func `a configured schedule counts in the budget's unit`() throws {
    var configuration = ScheduleConfiguration()
    configuration.warmup = 0.5
    configuration.decay = .cosine
    configuration.length = 3
    configuration.finalFraction = 0.5
    #expect(
      try configuration.schedule(peak: 1, stepsPerUnit: 10)
        == .sequence(
          first: .linear(from: 1.0 / 6, to: 1, steps: 5), steps: 5, rest: .cosine(from: 1, to: 0.5, steps: 25)
        ))
    configuration.decay = .step
    configuration.decayInterval = 1.5
    configuration.decayFactor = 0.1
    #expect(
      try configuration.schedule(peak: 1, stepsPerUnit: 10).effectiveHyperparameters(stepsPerUnit: 10) == [
        "decay": .text("step"), "warmup": .number(0.5), "decay_factor": .number(0.1),
        "decay_interval": .number(1.5),
      ])
  }

  @Test func `a cosine without a length is refused`() {
    var configuration = ScheduleConfiguration()
    configuration.decay = .cosine
    var message: String?
    do throws(TrainingError) { _ = try configuration.schedule(peak: 1, stepsPerUnit: 1) } catch {
      message = error.description
    }
    #expect(
      message
        == "schedule.length: expected the length of the cosine, found none. Write the budget at which it ends."
    )
  }

  @Test func `schedules survive a round trip through JSON`() throws {
    for schedule in Self.schedules.values {
      let data = try JSONEncoder().encode(schedule)
      #expect(try JSONDecoder().decode(Schedule.self, from: data) == schedule)
    }
  }

  @Test func `scaling rules multiply by the batch's ratio or its root`() {
    #expect(ScalingRule.none.factor(batchSize: 256, reference: 64) == 1)
    #expect(ScalingRule.linear.factor(batchSize: 256, reference: 64) == 4)
    #expect(ScalingRule.squareRoot.factor(batchSize: 256, reference: 64) == 2)
  }
}
