import Foundation
import Testing

@testable import Training

@Suite struct ScheduleTests {
  @Test func `a warm-up starts above 0 and meets the peak where the rest begins`() {
    let schedule = Schedule.example(.constant, peak: 0.3) { $0.warmup = 4 }
    let values = (0..<6).map(schedule.value(at:))
    for (found, expected) in zip(values, [0.06, 0.12, 0.18, 0.24, 0.3, 0.3]) {
      #expect(abs(found - expected) < 1e-15)
    }
  }

  @Test(arguments: ScheduleKind.allCases.filter { $0 != .sequence && $0 != .multiStep }, ["linear", "exponential"])
  func `a peak of nothing stays nothing`(kind: ScheduleKind, shape: String) {
    let schedule = Schedule.example(kind, peak: 0) { schedule in
      (schedule.warmup, schedule.length) = (3, 9)
      schedule.set(.warmUpShape, to: .text(shape))
    }
    for step in [0, 1, 3, 8, 1 << 40] { #expect(schedule.value(at: step) == 0) }
  }

  @Test func `what comes after the last step stays at the end`() {
    let cosine = Schedule.example(.cosine, peak: 1) {
      $0.length = 4
      $0[.finalFraction] = 0.25
    }
    #expect(cosine.value(at: 4) == 0.25)
    #expect(cosine.value(at: 1000) == 0.25)
  }

  /// The peak is what read-back compares, so it must be exact for rates that no binary fraction meets.
  @Test(arguments: [0.1, 0.0123456789, 1.0 / 3, 3e-4])
  func `the peak of a warm-up and decay is the peak that was asked for`(peak: Double) throws {
    for decay in ScheduleKind.allCases {
      for warmup in [0, 0.4, 2] {
        var configuration = ScheduleConfiguration.example(of: "decay_interval")
        configuration.decay = decay
        configuration.length = 7
        configuration[.finalFraction] = 0.3
        configuration.warmup = warmup
        configuration.milestones = [3]
        configuration.phases = [SchedulePhase(ScheduleConfiguration())]
        let schedule = try Schedule(configuration, peak: peak, stepsPerUnit: 13)
        let highest = try #require((0..<200).map(schedule.value(at:)).max())
        #expect(schedule.peak == peak)
        // Between two of its own steps lies the peak of what goes up and down.
        let risesLater = [.oneCycle, .triangular, .triangular2, .exponentialRange].contains(decay)
        #expect(risesLater ? highest <= peak * (1 + 1e-12) : highest == peak)
      }
    }
  }

  @Test func `a configured schedule counts in the budget's unit`() throws {
    var configuration = ScheduleConfiguration()
    configuration.warmup = 0.5
    configuration.decay = .cosine
    configuration.length = 3
    configuration[.finalFraction] = 0.5
    var schedule = try Schedule(configuration, peak: 1, stepsPerUnit: 10)
    #expect([0, 5, 30].map(schedule.value(at:)) == [1.0 / 6, 1, 0.5])
    #expect(schedule.value(at: 29) > 0.5)
    configuration.decay = .step
    configuration[.decayInterval] = 1.5
    configuration[.decayFactor] = 0.25
    schedule = try Schedule(configuration, peak: 1, stepsPerUnit: 10)
    #expect([19, 20, 34, 35].map(schedule.value(at:)) == [1, 0.25, 0.25, 0.0625])
  }

  @Test func `a cosine without a length is refused`() {
    var configuration = ScheduleConfiguration()
    configuration.decay = .cosine
    #expect(
      trainingError { () throws(TrainingError) in _ = try Schedule(configuration, peak: 1, stepsPerUnit: 1) }
        == "schedule.length: expected the length of the cosine, found none. Write the budget at which it ends."
    )
  }

  /// A study resumes only as the study that it was, so the journals' words for it must not change.
  @Test func `a schedule is encoded as the first versions encoded it`() throws {
    let text =
      #"{"decay":"step","decayFactor":0.25,"decayInterval":10,"finalFraction":0,"length":20,"warmup":2}"#
    let schedule = try JSONDecoder().decode(ScheduleConfiguration.self, from: Data(text.utf8))
    #expect(schedule.decay == .step)
    #expect(schedule[.decayFactor] == 0.25)
    #expect(schedule.length == 20)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(schedule), as: UTF8.self) == text)
  }

  @Test func `scaling rules multiply by the batch's ratio or its root`() {
    #expect(ScalingRule.none.factor(batchSize: 256, reference: 64) == 1)
    #expect(ScalingRule.linear.factor(batchSize: 256, reference: 64) == 4)
    #expect(ScalingRule.squareRoot.factor(batchSize: 256, reference: 64) == 2)
  }
}
