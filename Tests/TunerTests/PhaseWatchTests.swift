import Testing

@testable import Tuner

/// Who lives and gets nowhere, told from who only takes long.
@Suite struct PhaseWatchTests {
  /// Ranks 1 to 4 in pairs, watched once a second.
  private struct Watch {
    var phases = PhaseWatch(ranks: 5, at: 0)
    var time = 0.0
    var signs = Array(repeating: SignWords(Sign(phase: .idle)), count: 5)
    var waiting: Set<Int> = []

    mutating func set(_ rank: Int, _ phase: Phase, step: Int = 0) {
      signs[rank] = SignWords(Sign(phase: phase, job: 1, trial: 1, step: step))
    }

    /// What is found in so many seconds.
    mutating func pass(_ seconds: Int) -> (still: [PhaseWatch.Standstill], goOn: [Int]) {
      var all: (still: [PhaseWatch.Standstill], goOn: [Int]) = ([], [])
      for _ in 0..<seconds {
        time += 1
        let found = phases.look(at: time, signs: signs, waiting: waiting) { $0 < 3 ? [1, 2] : [3, 4] }
        all.still += found.still
        all.goOn += found.goOn
      }
      return all
    }
  }

  @Test func `two minutes of measuring are never named, the first time or later`() {
    var watch = Watch()
    for _ in 0..<3 {
      watch.set(1, .measuring)
      #expect(watch.pass(120).still.isEmpty)
      watch.set(1, .training)
      #expect(watch.pass(1).still.isEmpty)
    }
    // Ten times as long as it has ever taken.
    watch.set(1, .measuring)
    #expect(watch.pass(1195).still.isEmpty)
    #expect(watch.pass(10).still.map(\.rank) == [1])
  }

  @Test func `a step that takes many times as long as any before is named once, and given up in the end`() {
    var watch = Watch()
    for step in 0..<10 {
      watch.set(3, .training, step: step)
      #expect(watch.pass(2).still.isEmpty)
    }
    #expect(watch.pass(177).still.isEmpty)
    let named = watch.pass(5).still
    #expect(named.map(\.rank) == [3])
    #expect(named.first?.isHopeless == false && named.first?.isGroup == false)
    #expect(named.first?.sign == Sign(phase: .training, job: 1, trial: 1, step: 9))
    #expect(named.first?.longest == 2)
    #expect(watch.pass(1600).still.isEmpty)
    #expect(watch.pass(30).still.first?.isHopeless == true)
  }

  @Test func `what was named and gets on again is no measure of what is usual`() {
    var watch = Watch()
    watch.set(1, .training)
    _ = watch.pass(2)
    watch.set(1, .training, step: 1)
    #expect(watch.pass(300).still.count == 1)
    watch.set(1, .training, step: 2)
    #expect(watch.pass(1).goOn == [1])
    #expect(watch.pass(200).still.map(\.rank) == [1])
  }

  @Test func `whoever waits for another rank is not named, but that one`() {
    var watch = Watch()
    for step in 0..<5 {
      for rank in 1...4 { watch.set(rank, .training, step: step) }
      _ = watch.pass(1)
    }
    watch.waiting = [1, 4]
    #expect(watch.pass(200).still.map(\.rank) == [2, 3])
  }

  @Test func `ranks that all wait for each other are named as a group`() {
    var watch = Watch()
    for rank in 1...2 { watch.set(rank, .training) }
    _ = watch.pass(1)
    for rank in 1...2 { watch.set(rank, .training, step: 1) }
    watch.waiting = [1, 2]
    let found = watch.pass(200).still
    #expect(found.map(\.rank) == [1])
    #expect(found.first?.isGroup == true)
  }

  @Test(arguments: [false, true])
  func `time in which nobody looked names nobody, and is no measure of what is usual`(isWorkDone: Bool) {
    var watch = Watch()
    for step in 0..<5 {
      for rank in 1...4 { watch.set(rank, .training, step: step) }
      _ = watch.pass(2)
    }
    // As when the whole job is suspended, or rank 0 alone is busy and the others go on.
    watch.time += 31 * 60
    if isWorkDone { for rank in 1...4 { watch.set(rank, .training, step: 5) } }
    #expect(watch.pass(1).still.isEmpty)
    for rank in 1...4 { watch.set(rank, .training, step: 6) }
    #expect(watch.pass(179).still.isEmpty)
    let found = watch.pass(5).still
    #expect(found.map(\.rank) == [1, 2, 3, 4])
    #expect(found.allSatisfy { $0.longest == 2 }, "\(found)")
  }

  @Test func `whoever waited for a rank that was named is no measure of what is usual either`() {
    var watch = Watch()
    for step in 0..<4 {
      for rank in 1...2 { watch.set(rank, .training, step: step) }
      _ = watch.pass(1)
    }
    watch.waiting = [1]
    #expect(watch.pass(400).still.map(\.rank) == [2])
    watch.waiting = []
    for rank in 1...2 { watch.set(rank, .training, step: 4) }
    #expect(watch.pass(1).goOn == [2])
    let found = watch.pass(200).still
    #expect(found.map(\.rank) == [1, 2])
    #expect(found.allSatisfy { $0.longest == 1 }, "\(found)")
  }

  @Test func `who waits for work or for the disk is never given up, nor who has no history`() {
    var watch = Watch()
    watch.set(1, .saving)
    _ = watch.pass(2)
    watch.set(1, .idle)
    watch.set(2, .saving)
    watch.set(3, .starting)
    let found = watch.pass(20_000).still
    #expect(found.map(\.rank) == [2, 3])
    #expect(found.allSatisfy { !$0.isHopeless })
  }
}
