import Foundation
import Testing

/// The picture on a real terminal: tmux keeps what a person would see.
@Suite(
  .enabled(if: Program.isBuilt, "no release build: run make build"),
  .enabled(if: Tmux.isThere, "no tmux"))
struct LiveTests {
  @Test(arguments: [80, 120], [nil, 3])
  func `the picture stays in its place and in the window`(columns: Int, ranks: Int?) throws {
    let directory = try SmallStudy.directory("live-\(columns)", trials: 400, budget: 1)
    let tmux = try Tmux(columns: columns, in: directory)
    defer { tmux.end() }
    let launcher = ranks.map { "mpirun -n \($0) " } ?? ""
    try tmux.type("\(launcher)\(Program.path) small.yaml --run-directory run")
    let groups = ranks.map { "\($0) ranks: \($0 - 1) groups" } ?? "1 rank: 1 group"
    let picture = try tmux.screen { $0.contains("best   trial") && $0.contains("\nnow ") }
    let lines = picture.split(separator: "\n").map(String.init)
    let top = try #require(
      lines.firstIndex { $0.hasPrefix("small   \(groups)   random, full") }, "\(picture)")
    #expect(lines[top + 1].contains(/^ +\d+ % [█▏▎▍▌▋▊▉░]+  \d+ of 400 jobs   \d+ s/), "\(picture)")
    #expect(lines[top + 2].contains(/^best   trial \d+   dev_accuracy \d\.\d+ ± 0\.\d+ at 1 epochs/))
    #expect(lines[top + 3].contains(/^done   1: \d+      failed 0/))
    #expect(lines[top + 4].contains(/^now    g\d t\d+ 0→1/))
    #expect(lines.allSatisfy { $0.count <= min(columns, 100) })
    // Drawn in place: later there is one picture still, and the time goes on.
    let later = try tmux.screen { $0 != picture && $0.contains("\nnow ") }
    #expect(later.split(separator: "\n").count { $0.hasPrefix("small   ") } == 1, "\(later)")
    try tmux.press("C-c")
    let end = try tmux.screen { $0.contains("  resume     ") }
    // mpirun passes on another signal than it gets.
    #expect(end.contains(ranks == nil ? "saving: SIGINT received" : "saving: SIGTERM received"), "\(end)")
    #expect(!end.contains("\nnow ") && !end.contains("░"), "the picture is taken away: \(end)")
  }

  @Test(arguments: ["TERM=dumb", "NO_COLOR=1"])
  func `a terminal that takes less gets less`(setting: String) throws {
    let directory = try SmallStudy.directory("less", trials: 400, budget: 1)
    let tmux = try Tmux(columns: 100, in: directory)
    defer { tmux.end() }
    try tmux.type("\(setting) \(Program.path) small.yaml --run-directory run")
    let screen = try tmux.screen(coloured: true) {
      $0.contains(setting == "TERM=dumb" ? "  best dev_accuracy" : "\nnow ")
    }
    #expect(!screen.contains("\u{1B}["))
    #expect(screen.contains("  small begins: random, full, 400 jobs") == (setting == "TERM=dumb"))
    try tmux.press("C-c")
    _ = try tmux.screen { $0.contains("  resume     ") }
  }

  @Test func `a log is a log under a launcher that gives its ranks a terminal of its own`() throws {
    let directory = try SmallStudy.directory("filed", trials: 2)
    let tmux = try Tmux(columns: 100, in: directory)
    defer { tmux.end() }
    try tmux.type("mpirun -n 2 \(Program.path) small.yaml --run-directory run > log 2>&1; echo ended")
    _ = try tmux.screen { $0.contains(/\n(\$ )?ended/) }
    let log = try String(contentsOf: directory.appending(path: "log"), encoding: .utf8)
    #expect(log.contains("  small begins: random, full, 2 jobs") && log.contains("small finished"), "\(log)")
    #expect(!log.contains("\u{1B}"))
  }
}

/// A terminal of its own, by tmux.
struct Tmux {
  static let isThere: Bool = {
    let output = try? Launched(["tmux", "-V"], in: FileManager.default.temporaryDirectory).wait()
    return output?.code == 0
  }()

  private let socket: String
  private let directory: URL

  init(columns: Int, in directory: URL) throws {
    socket = directory.appending(path: "tmux").path
    self.directory = directory
    let output = try run(
      ["new-session", "-d", "-x", "\(columns)", "-y", "30", "env PS1='$ ' LC_ALL=C.UTF-8 TERM=screen sh"])
    try #require(output.code == 0, "\(output.standardError)")
  }

  /// A client's call. tmux's server lives on, and must not inherit the socket by which Foundation learns of an end.
  private func run(_ words: [String]) throws -> Program.Output {
    let closing = #"for n in {3..99}; do eval "exec $n>&-"; done; exec tmux "$@""#
    return try Launched(
      ["bash", "-c", closing, "tmux", "-u", "-S", socket, "-f", "/dev/null"] + words, in: directory,
      environment: ["LC_ALL": "C.UTF-8"]
    ).wait()
  }

  func type(_ line: String) throws { _ = try run(["send-keys", line, "Enter"]) }
  func press(_ key: String) throws { _ = try run(["send-keys", key]) }
  func end() { _ = try? run(["kill-server"]) }

  /// What is on the screen, once it shows what is waited for; colours as escape sequences if asked.
  func screen(coloured: Bool = false, where isThere: (String) -> Bool) throws -> String {
    for _ in 0..<1200 {
      let screen = try run(["capture-pane", "-p"] + (coloured ? ["-e"] : [])).standardOutput
      if isThere(screen) { return screen }
      usleep(50_000)
    }
    let screen = try run(["capture-pane", "-p"]).standardOutput
    Issue.record("not seen within a minute: \(screen)")
    return screen
  }
}
