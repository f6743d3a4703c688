import Testing

@testable import Tuner

/// When a rank takes rank 0 for lost.
@Suite struct ControllerWatchTests {
  private static let patience = ControllerPatience(ended: 20, unheard: 300, meeting: 3)

  @Test func `rank 0 is lost soon where its process has ended, and late where it is only silent`() throws {
    let process = try #require(RankProcess.current)
    // Of the same number, as one that has ended.
    let ended = RankProcess(number: process.number, start: process.start + 1)
    var watch = ControllerWatch(Self.patience)
    watch.see(process)
    #expect(watch.loss(after: 19, of: ended, isDeaf: false) == nil)
    #expect(watch.loss(after: 21, of: ended, isDeaf: false) == .ended)
    #expect(watch.loss(after: 299, of: process, isDeaf: false) == nil)
    #expect(watch.loss(after: 301, of: process, isDeaf: false) == .unheard)
    #expect(watch.endsWaits(after: 24, .ended) && !watch.endsWaits(after: 22, .ended))
    #expect(watch.endsWaits(after: 304, .unheard) && !watch.endsWaits(after: 302, .unheard))
    #expect(!watch.endsWaits(after: 1000, nil))
  }

  @Test func `a process that was never seen has not ended`() throws {
    let process = try #require(RankProcess.current)
    let unseen = RankProcess(number: process.number, start: process.start + 1)
    var watch = ControllerWatch(Self.patience)
    for other in [unseen, nil] {
      watch.see(other)
      #expect(watch.loss(after: 299, of: other, isDeaf: false) == nil)
      #expect(watch.loss(after: 301, of: other, isDeaf: false) == .unheard)
    }
  }

  @Test func `a rank that cannot hear rank 0 only sees that its process has ended`() throws {
    let process = try #require(RankProcess.current)
    let ended = RankProcess(number: process.number, start: process.start + 1)
    var watch = ControllerWatch(Self.patience)
    watch.see(process)
    #expect(watch.loss(after: 100_000, of: process, isDeaf: true) == nil)
    #expect(watch.loss(after: 21, of: ended, isDeaf: true) == .ended)
  }
}
