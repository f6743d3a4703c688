import Foundation
import Testing

/// The example of a plug-in, from its C to a finished study.
@Suite(.serialized, .enabled(if: Program.isBuilt)) struct PluginTests {
  /// A copy of the example with its library, compiled as its experiment says.
  private static func example(_ name: String) throws -> URL {
    let directory = try Program.scratch(name)
    for file in ["poisson.c", "experiment.yaml"] {
      try FileManager.default.copyItem(
        at: Program.root.appending(path: "configs/c-plugin/\(file)"), to: directory.appending(path: file))
    }
    let include = Program.root.appending(path: "Sources/CTrainee/include").path
    let compiler = ProcessInfo.processInfo.environment["MPICC"] ?? "mpicc"
    let compiled = try Launched(
      [compiler, "-O2", "-shared", "-fPIC", "-I", include, "poisson.c", "-o", "poisson.so", "-lm"],
      in: directory
    ).wait()
    try #require(compiled.code == 0, "\(compiled.standardError)")
    return directory
  }

  @Test func `check says what a plug-in offers, or why it cannot be loaded`() throws {
    let directory = try Self.example("plug-in-check")
    let output = try Program.run(["check", "experiment.yaml"], in: directory)
    #expect(output.code == 0, "\(output.standardError)")
    #expect(
      output.standardOutput.contains(
        "  plug-in ./poisson.so: damping (live), sweeps (live), size; measures residual, sweeps_done; its "
          + "state is one for all ranks\n"))
    let missing = try Program.run(
      ["check", "experiment.yaml", "--set", "trainee.library=./another.so"], in: directory)
    #expect(missing.code == 64)
    #expect(
      missing.standardError
        == "tuner-mpi: ./another.so: expected a plug-in, found no such file or directory. Correct "
        + "trainee.library, which starts from the working directory, or compile it.\n")
  }

  @Test func `the example ends alike alone and on several ranks, with every exploit in force`() throws {
    let together = try Self.example("plug-in-together")
    let output = try Program.run(["experiment.yaml"], ranks: 5, in: together)
    #expect(output.code == 0, "\(output.standardError)")
    #expect(output.standardOutput.contains("6, 0 failed; 48 jobs"))
    #expect(!output.exploits.isEmpty)
    #expect(!output.standardError.contains("(planned "))
    let alone = try Self.example("plug-in-alone")
    let single = try Program.run(["experiment.yaml", "--set", "resources.ranks_per_trial=1"], in: alone)
    #expect(single.code == 0, "\(single.standardError)")
    #expect(single.exploits == output.exploits)
    func best(_ text: String) -> Substring? { text.split(separator: "\n").first { $0.contains("best") } }
    #expect(best(single.standardOutput) == best(output.standardOutput))
  }
}
