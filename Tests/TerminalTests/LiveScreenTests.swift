import Testing

@testable import tuner_mpi

@Suite struct LiveScreenTests {
  private static func lines(_ texts: String...) -> [StyledLine] { texts.map { StyledLine($0) } }
  private static let plain = Terminal(descriptor: 2, hasColours: false)

  @Test func `a frame takes the place of the last and is drawn only when it is another`() {
    var screen = LiveScreen(Self.plain)
    #expect(screen.frame(Self.lines("ab", "c"), (10, 24)) == "\rab\u{1B}[K\r\nc\u{1B}[K\r\n\u{1B}[J")
    #expect(screen.frame(Self.lines("ab", "c"), (10, 24)) == nil)
    #expect(
      screen.frame(Self.lines("ab", "d"), above: Self.lines("new"), (10, 24))
        == "\r\u{1B}[2Anew\u{1B}[K\r\nab\u{1B}[K\r\nd\u{1B}[K\r\n\u{1B}[J")
    #expect(screen.erasure(columns: 10) == "\r\u{1B}[2A\u{1B}[J")
    #expect(screen.erasure(columns: 10) == nil)
    #expect(screen.frame(Self.lines("ab", "d"), (10, 24)) != nil, "after an erasure it is drawn again")
  }

  @Test func `a line that fills the window keeps its last letter`() {
    var screen = LiveScreen(Self.plain)
    #expect(screen.frame(Self.lines("abcd"), (4, 24)) == "\rabcd\r\n\u{1B}[J")
  }

  @Test func `a window that became narrower has wrapped what was there`() {
    var screen = LiveScreen(Self.plain)
    _ = screen.frame(Self.lines("abcdefgh", "x"), (10, 24))
    #expect(screen.frame(Self.lines("ab"), (4, 24)) == "\r\u{1B}[3Aab\u{1B}[K\r\n\u{1B}[J")
  }

  @Test func `a low window has the first lines`() {
    var screen = LiveScreen(Self.plain)
    #expect(screen.frame(Self.lines("a", "b", "c"), (10, 3)) == "\ra\u{1B}[K\r\nb\u{1B}[K\r\n\u{1B}[J")
  }

  @Test func `colour and movement are as the environment says`() {
    #expect(Terminal.takesColours([:]) && Terminal.takesColours(["NO_COLOR": ""]))
    #expect(!Terminal.takesColours(["NO_COLOR": "1"]))
    #expect(Terminal.canMoveCursor(["TERM": "xterm"]))
    for term in ["", "dumb"] { #expect(!Terminal.canMoveCursor(["TERM": term])) }
    #expect(!Terminal.canMoveCursor([:]))
    #expect(Glyphs(environment: ["LANG": "de_DE.UTF-8"]) == .unicode && Glyphs(environment: [:]) == .unicode)
    #expect(Glyphs(environment: ["LC_ALL": "C", "LANG": "de_DE.UTF-8"]) == .ascii)
  }
}
