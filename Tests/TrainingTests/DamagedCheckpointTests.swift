import Foundation
import Randomness
import Testing
import Training

/// Whatever a checkpoint holds, it is read as it was written or refused in words.
@Suite struct DamagedCheckpointTests {
  /// More by the variable TUNER_FUZZ.
  private static let count = ProcessInfo.processInfo.environment["TUNER_FUZZ"].flatMap { Int($0) } ?? 300

  @Test func `a checkpoint with changed bytes is whole or damaged, and nothing else`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("whole.h5")
    try CheckpointFileTests.example.write(to: path)
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let damagedPath = folder.file("damaged.h5")
    var refused = 0
    for index in 0..<Self.count {
      var random = CounterGenerator(seed: 6, purpose: .simulation, index: index)
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let length = min(Int.random(in: 1...64, using: &random), bytes.count - place)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 1:
          for index in place..<place + length { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        case 2: bytes.removeSubrange(place..<place + length)
        default: bytes.removeLast(bytes.count - place)
        }
      }
      try Data(bytes).write(to: URL(fileURLWithPath: damagedPath))
      do throws(TrainingError) {
        let found = try CheckpointFile.read(damagedPath)
        // What was changed may be between the objects, or in what says how they are laid out.
        #expect(found.metadata.study.utf8.count < 1000)
      } catch .data {
        refused += 1
      } catch .library, .memory {
        refused += 1
      } catch {
        Issue.record("\(error)")
      }
      _ = try? CheckpointFile.readMetadata(damagedPath)
    }
    #expect(refused > Self.count / 2)
  }
}

extension Checkpoint {
  fileprivate func write(to path: String) throws(TrainingError) { try CheckpointFile.write(self, to: path) }
}
