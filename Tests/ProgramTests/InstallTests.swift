import Foundation
import Testing

/// What `make install` puts below a prefix, once the program is built.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct InstallTests {
  /// What is installed is the release build of this checkout, whatever TUNER_MPI names.
  private static let release = Program.root.appending(path: ".build/release/tuner-mpi").path

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: release), "no release build: run make build"))
  func `the installed program runs, and what belongs to it is there`() throws {
    let stage = try Program.scratch("install")
    let script = Program.root.appending(path: "packaging/install").path
    let output = try Launched([script, "/opt/tuner", stage.path], in: stage).wait()
    try #require(output.code == 0, "\(output.standardError)")
    let place = stage.appending(path: "opt/tuner")
    // Through the link, and with the library beside the program: `check` looks at the network with libtorch.
    let check = try Launched([place.appending(path: "bin/tuner-mpi").path, "check"], in: stage).wait()
    #expect(check.code == 0, "\(check.standardError)")
    #expect(check.standardOutput.hasPrefix("digits-pbt: in order\n"))
    for file in [
      "lib/tuner-mpi/libtuner-torch.so", "include/tuner_trainee.h", "share/man/man1/tuner-mpi.1",
      "share/bash-completion/completions/tuner-mpi", "share/zsh/site-functions/_tuner-mpi",
      "share/fish/vendor_completions.d/tuner-mpi.fish", "share/tuner-mpi/experiment.schema.json",
      "share/tuner-mpi/python/tuner_mpi/__init__.py", "share/tuner-mpi/configs/digits-pbt.yaml",
      "share/tuner-mpi/slurm/study.bash", "share/tuner-mpi/pbs/study.sh", "share/doc/tuner-mpi/README.md",
      "share/doc/tuner-mpi/docs/tutorial.md",
    ] {
      let size =
        try FileManager.default.attributesOfItem(atPath: place.appending(path: file).path)[.size] as? Int
      #expect(size ?? 0 > 0, "\(file)")
    }
    let modules = place.appending(path: "share/modulefiles/tuner-mpi").path
    let names = try FileManager.default.contentsOfDirectory(atPath: modules)
    #expect(names.count == 1)
    let module = try String(contentsOfFile: "\(modules)/\(names.first ?? "")", encoding: .utf8)
    #expect(module.contains("local prefix = \"/opt/tuner\"") && !module.contains("@"))
  }

  @Test func `a relative prefix is refused`() throws {
    let script = Program.root.appending(path: "packaging/install").path
    let output = try Launched([script, "here"], in: try Program.scratch("install-here")).wait()
    #expect(output.code == 64)
    #expect(output.standardError == "install: expected a prefix that begins with /, found here\n")
  }
}
