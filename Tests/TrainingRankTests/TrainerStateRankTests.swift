import Foundation
import MPI
import RankTesting
import Testing
import Training

/// What a trainer makes of a state that is not its own.
@Suite(.serialized) struct TrainerStateRankTests {
  @Test func `no rank holds more of a state than the snapshot and its own`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration(.adamw)
      var mlp = MLPConfiguration()
      mlp.hidden = [2000, 2000]
      configuration.model = .mlp(mlp)
      var trainer = try Trainer(
        configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4, on: group)
      let snapshot = try trainer.snapshot()
      let before = try PeakMemory()
      try trainer.restore(snapshot)
      let growth = try before.growth()
      // Three blocks of 17 MB.
      #expect(growth < 12 << 20, "\(growth >> 20) MB")
      withExtendedLifetime(snapshot) {}
    }
  }
}

/// How much more memory this process has used at a time than when it began to look.
private struct PeakMemory {
  private let start: Int

  init() throws {
    // Linux: the peak begins again at what is used now.
    try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    start = try Self.bytes(of: "VmRSS")
  }

  func growth() throws -> Int { try Self.bytes(of: "VmHWM") - start }

  private static func bytes(of key: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(key):") })
    return try #require(Int(line.split(separator: " ").dropLast().last ?? "")) << 10
  }
}
