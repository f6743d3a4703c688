import Search
import Testing

@testable import Tuner

/// Durations do not follow a clock that somebody sets.
@Suite struct SessionClockTests {
  @Test func `a session's time is the time of day, and never less than before`() {
    let clock = SessionClock()
    let times = (0..<1000).map { _ in clock.now }
    #expect(times == times.sorted())
    #expect(times[0] > 1.7e9, "seconds since 1970")
  }

  private static func times(_ lines: [(time: Double, isStart: Bool)]) -> [Double] {
    var clock = StudyClock()
    return lines.enumerated().map { index, line in
      let record = Record.session(line.isStart ? .started(program: "1") : .stopRequested(.deadline))
      return clock.read(JournalLine(sequence: index, time: line.time, record: record))
    }
  }

  @Test func `a session that begins before the last one ended goes on counting`() {
    let times = Self.times([
      (1000, true), (1010, false), (1020, false), (400, true), (403, false), (404, false),
    ])
    #expect(times == [0, 10, 20, 20, 23, 24])
  }

  @Test func `a clock that was set back within a session, by an earlier version, makes no time negative`() {
    let times = Self.times([
      (1000, true), (1010, false), (950, false), (955, false), (2000, true), (2001, false),
    ])
    #expect(times == [0, 10, 10, 15, 15, 16])
  }

  @Test func `the time between sessions does not count, however long`() {
    #expect(Self.times([(0, true), (5, false), (1e9, true), (1e9 + 2, false)]) == [0, 5, 5, 7])
  }
}
