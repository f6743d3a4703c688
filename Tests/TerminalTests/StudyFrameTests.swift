import Search
import Testing
import Tuner

@testable import tuner_mpi

@Suite struct StudyFrameTests {
  private static func frame(_ view: StudyView, glyphs: Glyphs = .unicode) -> StudyFrame {
    StudyFrame(view: view, seconds: 72, time: 1072, utilization: 0.96, glyphs: glyphs)
  }

  private static func text(_ frame: StudyFrame, _ columns: Int) -> String {
    frame.lines(columns: columns).map(\.text).joined(separator: "\n")
  }

  @Test func `an asynchronous study shows what is known and no share of what nobody knows`() throws {
    var view = try SampleView.asha().view
    try view.take(.session(.data(SampleCounts(train: 8_000, dev: 1_000, test: 1_000))), at: 0)
    let frame = Self.frame(view)
    #expect(
      Self.text(frame, 120) == """
        mnist-asha   5 ranks: 4 groups   auto, asha   dev 1,000 samples
        jobs   15 jobs, 15 of 20 trials begun   1 min 12 s   groups 96 % at work
        best   trial 8   dev_accuracy 0.9430 at 3 epochs   (next: trial 9 0.9410, trial 10 0.9300)
        rungs  1: 11   3: 3      failed 1
        now    g1 t8 3→9 1 min 12 s   g2 t12 0→1 12 s   g3 t13 0→1 12 s   g4 t14 0→1 12 s
        """)
    #expect(
      Self.text(frame, 80) == """
        mnist-asha   5 ranks: 4 groups   auto, asha   dev 1,000 samples
        jobs   15 jobs, 15 of 20 trials begun   1 min 12 s   groups 96 % at work
        best   trial 8   dev_accuracy 0.9430 at 3 epochs
        rungs  1: 11   3: 3      failed 1
        now    g1 t8 3→9 1 min 12 s   g2 t12 0→1 12 s   g3 t13 0→1 12 s   +1
        """)
  }

  @Test func `a resumed study says what it goes on from`() throws {
    let lines = Self.frame(try SampleView.asha().view).lines(columns: 100)
    #expect(
      lines[0].text == "mnist-asha   5 ranks: 4 groups   auto, asha   resumed: 12 of 20 trials, best 0.9430")
  }

  @Test func `a study whose jobs are known has a bar and a time`() throws {
    var frame = Self.frame(try SampleView.population().view)
    frame.time = 72
    #expect(
      Self.text(frame, 100) == """
        digits-pbt   3 ranks: 2 groups   sobol, pbt
          9 % █▉░░░░░░░░░░░░░░░░░░  9 of 96 jobs   1 min 12 s, about 11 min 36 s left   groups 96 % at work
        best   trial 0   dev_accuracy 0.9500 at 10 epochs   (next: trial 7 0.9070, trial 6 0.9060)
        done   generation 1   5: 8   10: 1      failed 0
        now    g2 t1←t7 5→10 51 s
        """)
    frame.glyphs = .ascii
    #expect(
      Self.text(frame, 60) == """
        digits-pbt   3 ranks: 2 groups   sobol, pbt
          9 % ..........  9 of 96 jobs   groups 96 % at work
        best   trial 0   dev_accuracy 0.9500 at 10 epochs
        done   generation 1   5: 8   10: 1      failed 0
        now    g2 t1<-t7 5->10 51 s
        """)
  }

  @Test func `no line is wider than the window or a hundred columns, whatever it has to say`() throws {
    var sample = try SampleView(
      .asha(ASHAOptions(trials: 2000, maximumBudget: 2187, reduction: 3)),
      name:
        "a study with a name that 漢字 make wider than it looks and that goes on and on and on, and on, and on")
    try sample.begin(at: 0, groups: 99)
    for rung in 0..<8 {
      let target = [1, 3, 9, 27, 81, 243, 729, 2187][rung]
      for trial in 0..<30 {
        try sample.finish(SampleView.job(rung * 30 + trial, trial, to: target), Double(trial) * 1e9)
      }
    }
    for group in 0..<99 {
      try sample.work(SampleView.job(240 + group, 1000 + group, to: 1), on: group, since: 0)
    }
    for columns in [20, 33, 47, 80, 99, 100, 101, 250] {
      for line in Self.frame(sample.view).lines(columns: columns) {
        #expect(
          line.width <= min(columns, 100) && line.text.columns == line.width, "\(columns): \(line.text)")
      }
    }
    #expect(Self.text(Self.frame(sample.view), 100).hasSuffix("   +96"))
  }

  @Test func `colour is around some words and changes none`() throws {
    let lines = Self.frame(try SampleView.asha().view).lines(columns: 100)
    #expect(lines[0].coloured.hasPrefix("\u{1B}[1mmnist-asha\u{1B}[0m   5 ranks"))
    #expect(lines[3].coloured.hasSuffix("\u{1B}[31mfailed 1\u{1B}[0m"))
    for line in lines {
      #expect(line.coloured.replacing(/\u{1B}\[\d*m/, with: "") == line.text)
      #expect(!line.text.contains("\u{1B}"))
    }
  }

  @Test func `what a name smuggles in moves no cursor`() {
    #expect(StyledLine("a\u{1B}[2Jb\nc").text == "a [2Jb c")
    #expect("漢字".columns == 4 && "e\u{301}".columns == 1 && "→".columns == 1)
  }
}
