import Foundation
import Testing

@testable import Training

/// Every kind of schedule against PyTorch or its source's formula: Golden/schedules.py.
@Suite struct ScheduleGoldenTests {
  struct Golden: Decodable {
    var losses: [Double]
    /// Case, step.
    var rates: [String: [Double]]
  }

  static func golden() throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: goldenFile("schedules.json"))
  }

  private static let peak = 0.4

  private static func rate(
    _ decay: ScheduleKind, _ change: (inout ScheduleConfiguration) -> Void = { _ in }
  ) -> Schedule { .example(decay, peak: peak, change) }

  static let following: [String: Schedule] = [
    "constant": rate(.constant),
    "cosine": rate(.cosine) {
      $0.length = 60
      $0[.finalFraction] = 0.1
    },
    "step": rate(.step) { ($0[.decayFactor], $0[.decayInterval]) = (0.3, 7) },
    "exponential": rate(.exponential) { ($0[.decayFactor], $0[.decayInterval]) = (0.9, 1) },
    "time_based": rate(.timeBased) { $0[.decayRate] = 0.05 },
    "multi_step": rate(.multiStep) {
      $0.milestones = [5, 20, 21, 40]
      $0[.decayFactor] = 0.3
    },
    "linear": rate(.linear) {
      $0.length = 45
      $0[.finalFraction] = 0.1
    },
    "polynomial": rate(.polynomial) {
      $0.length = 50
      $0[.power] = 2
    },
    // The paper's steps begin at 1, so that its peak, and the first step of the decay, is the sixteenth.
    "inverse_square_root": rate(.inverseSquareRoot) {
      $0.warmup = 15
      $0[.timescale] = 16
    },
    "inverse_square_root, timescale": rate(.inverseSquareRoot) { $0[.timescale] = 5 },
    "cosine_restarts": rate(.cosineRestarts) {
      ($0[.cycleLength], $0[.cycleGrowth], $0[.finalFraction]) = (5, 2, 0.1)
    },
    "cosine_restarts, equal": rate(.cosineRestarts) { $0[.cycleLength] = 9 },
    "warmup_stable_decay": stable("linear"),
    "warmup_stable_decay, cosine": stable("cosine"),
    "warmup_stable_decay, square_root": stable("square_root"),
    "triangular": rate(.triangular) { $0[.cycleLength] = 14 },
    "triangular2": rate(.triangular2) { ($0[.cycleLength], $0[.riseShare]) = (16, 0.25) },
    "exponential_range": rate(.exponentialRange) {
      ($0[.cycleLength], $0[.decayFactor], $0[.decayInterval]) = (14, 0.95, 1)
    },
    "one_cycle": rate(.oneCycle) {
      $0.length = 60
      $0[.finalFraction] = 4e-5
    },
    "one_cycle, linear": rate(.oneCycle) {
      $0.length = 60
      ($0[.finalFraction], $0[.peakShare]) = (4e-5, 0.4)
      $0.set(.anneal, to: .text("linear"))
    },
    // PyTorch's momentum goes from 0.95 to 0.85 and back.
    "one_cycle, momentum": .example(.oneCycle, peak: 0.85) {
      $0.length = 60
      ($0[.startFraction], $0[.finalFraction]) = (0.95 / 0.85, 0.95 / 0.85)
    },
    "warm-up, constant": warmedUp("constant"),
    "warm-up, linear": warmedUp("linear"),
    "warm-up, exponential": warmedUp("exponential"),
    "warm-up then cosine": rate(.cosine) {
      ($0.warmup, $0.length) = (8, 60)
      $0[.finalFraction] = 0.1
    },
    "sequence": rate(.sequence) {
      $0.length = 60
      $0.phases = [
        phase(.constant, 4) {
          $0.warmup = 4
          $0[.warmUpStart] = 0.2
        },
        phase(.constant, 6, scale: 0.5), phase(.cosine, 30),
        phase(.step, nil) { ($0[.decayFactor], $0[.decayInterval]) = (0.5, 4) },
      ]
    },
  ]

  private static func stable(_ shape: String) -> Schedule {
    rate(.warmUpStableDecay) {
      $0.length = 50
      $0[.finalFraction] = 0.05
      $0.set(.cooldownShape, to: .text(shape))
    }
  }

  private static func warmedUp(_ shape: String) -> Schedule {
    rate(.constant) {
      $0.warmup = 8
      $0[.warmUpStart] = 0.2
      $0.set(.warmUpShape, to: .text(shape))
    }
  }

  private static func phase(
    _ decay: ScheduleKind, _ length: Double?, scale: Double = 1,
    _ change: (inout ScheduleConfiguration) -> Void = { _ in }
  ) -> SchedulePhase {
    var schedule = ScheduleConfiguration()
    (schedule.decay, schedule.length) = (decay, length)
    change(&schedule)
    return SchedulePhase(scale: scale, schedule)
  }

  /// PyTorch's schedulers multiply step by step, so they carry some roundings more.
  private static func expectEqual(_ found: Double, _ expected: Double, _ place: Comment) {
    #expect(abs(found - expected) <= 1e-9 * max(abs(expected), 1e-9), place)
  }

  @Test(arguments: following.keys.sorted())
  func `a schedule follows the reference for 60 steps within 1e-9`(name: String) throws {
    let schedule = try #require(Self.following[name])
    let expected = try #require(try Self.golden().rates[name])
    #expect(expected.count == 60)
    for (step, value) in expected.enumerated() {
      Self.expectEqual(schedule.value(at: step), value, "step \(step)")
    }
  }

  @Test func `counted by the unit, a schedule follows a PyTorch scheduler that is stepped once an epoch`()
    throws
  {
    var configuration = ScheduleConfiguration()
    (configuration.decay, configuration.by) = (.exponential, .unit)
    (configuration[.decayFactor], configuration[.decayInterval]) = (0.9, 1)
    let schedule = try Schedule(configuration, peak: Self.peak, stepsPerUnit: 6)
    for (step, value) in try #require(try Self.golden().rates["exponential by unit"]).enumerated() {
      Self.expectEqual(schedule.value(at: step), value, "step \(step)")
    }
  }

  @Test(arguments: ["plateau", "plateau, rest"])
  func `a plateau follows PyTorch's, and its memory is all that it needs`(name: String) throws {
    var configuration = ScheduleConfiguration()
    configuration.decay = .plateau
    if name == "plateau" {
      (configuration[.decayFactor], configuration[.patience], configuration[.finalFraction]) = (0.3, 2, 0.01)
    } else {
      (configuration[.decayFactor], configuration[.patience], configuration[.restAfterDecay]) = (0.5, 1, 3)
    }
    let golden = try Self.golden()
    var memory: [String: Double] = [:]
    for (step, (value, loss)) in zip(try #require(golden.rates[name]), golden.losses).enumerated() {
      let schedule = try Schedule(configuration, peak: Self.peak, stepsPerUnit: 1, memory: memory)
      Self.expectEqual(schedule.value(at: step), value, "step \(step)")
      memory = schedule.memory(after: loss)
    }
  }

  @Test func `every kind and every case of the golden file is followed`() throws {
    let others: Set = ["exponential by unit", "plateau", "plateau, rest"]
    #expect(try Set(Self.golden().rates.keys) == others.union(Self.following.keys))
    #expect(
      Set(Self.following.values.map(\.configuration.decay)).union([.plateau]) == Set(ScheduleKind.allCases))
  }
}
