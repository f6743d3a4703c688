import Foundation
import Testing

/// libtorch costs a process a quarter of a second of processor time: who computes nothing with it does not load it.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct LoadedLibraryTests {
  private static let asks = """
    {"op":"init","space":[{"name":"x","type":"float","low":0,"high":1}],"seed":3}
    {"op":"ask","n":2}
    """

  /// What the dynamic linker wrote of each process of the program in a line of `sh`.
  private func processes(of line: String, in directory: URL) throws -> [String] {
    let logs = directory.appending(path: "loads-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)
    let output = try Program.shell(
      line, in: directory, ["LD_DEBUG": "files", "LD_DEBUG_OUTPUT": logs.appending(path: "of").path])
    try #require(output.code == 0, "\(output.standardError)")
    return try FileManager.default.contentsOfDirectory(at: logs, includingPropertiesForKeys: nil)
      .map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
      .filter { $0.contains("initialize program: \(Program.path)") }
  }

  private func hasLibtorch(_ log: String) -> Bool {
    log.split(separator: "\n").contains { $0.contains("calling init: ") && $0.contains("libtorch_cpu.so") }
  }

  @Test(arguments: [
    "$T --help", "$T status run", "$T report run", "$T check small.yaml", "$T check small.yaml --ranks 3",
    "echo '\(asks)' | $T suggest --sampler gp", "echo '\(asks)' | $T suggest --sampler cma-es",
  ])
  func `a command that trains nothing does not load libtorch`(line: String) throws {
    let directory = try SmallStudy.finished("libraries")
    let processes = try processes(of: line, in: directory)
    #expect(processes.count == 1)
    #expect(processes.filter(hasLibtorch).isEmpty)
  }

  @Test func `a model that is fitted to measurements loads libtorch for its linear algebra`() throws {
    let tells = (0..<3).map { #"{"op":"tell","trials":[{"id":\#($0),"value":\#($0)}]}"# }
    let lines = [Self.asks.replacing(#""n":2"#, with: #""n":12"#)] + tells + [#"{"op":"ask","n":1}"#]
    let directory = try Program.scratch("fitted-\(UUID().uuidString)")
    try (lines + [""]).joined(separator: "\n")
      .write(to: directory.appending(path: "lines"), atomically: true, encoding: .utf8)
    let processes = try processes(of: "$T suggest --sampler gp < lines", in: directory)
    #expect(processes.count == 1)
    #expect(processes.filter(hasLibtorch).count == 1)
  }

  @Test func `of the ranks only those with work load libtorch, and rank 0 does not`() throws {
    let directory = try SmallStudy.directory("idle-ranks", trials: 2, budget: 2)
    let processes = try processes(of: "mpirun -n 5 $T small.yaml --run-directory run", in: directory)
    #expect(processes.count == 5)
    #expect((1...2).contains(processes.filter(hasLibtorch).count))
  }

  @Test func `a program without its library says what it looked for and how to mend it`() throws {
    let directory = try SmallStudy.directory("alone")
    let copy = directory.appending(path: "tuner-mpi").path
    try FileManager.default.copyItem(atPath: Program.path, toPath: copy)
    #expect(try Launched([copy, "check", "small.yaml"], in: directory).wait().code == 0)
    let output = try Launched([copy, "small.yaml", "--run-directory", "run"], in: directory).wait()
    #expect(output.code == 71)
    #expect(
      output.standardError.contains(
        "expected libtuner-torch.so beside the program, and the libtorch that it was built with, found "
          + "libtuner-torch.so: cannot open shared object file: No such file or directory. Copy it from where the "
          + "program was built to where it is now."), "\(output.standardError)")
  }
}
