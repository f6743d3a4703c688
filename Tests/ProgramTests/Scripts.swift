import Foundation
import Testing

/// What tests of scripts need: a Python with the client of this repository, and whether it has PyTorch.
enum Scripts {
  static let client = Program.root.appending(path: "clients/python/src").path

  /// The folder of the Python that lies beside libtorch; nil where libtorch has none.
  private static let folder: String? = {
    let torch = Program.root.appending(path: ".build-deps/torch").resolvingSymlinksInPath()
    let folder = torch.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "bin").path
    return FileManager.default.isExecutableFile(atPath: folder + "/python3") ? folder : nil
  }()

  static let environment: [String: String] = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return ["PATH": folder.map { "\($0):\(path)" } ?? path, "PYTHONPATH": client]
  }()

  /// Whether the scripts' Python can import a module.
  static func has(_ module: String) -> Bool {
    guard let process = try? Launched(
      ["python3", "-c", "import importlib.util as u, sys; sys.exit(u.find_spec('\(module)') is None)"],
      in: FileManager.default.temporaryDirectory, environment: environment)
    else { return false }
    return (try? process.wait().code) == 0
  }

  static let hasPython = has("json")
  static let hasTorch = has("torch") && has("numpy")

  static func launch(_ arguments: [String], ranks: Int, in directory: URL) throws -> Launched {
    try Launched(
      ["mpirun", "-n", "\(ranks)", Program.path] + arguments, in: directory, environment: environment)
  }

  /// Processes that a program of these tests has started and that still live, by a word of their command lines.
  static func processes(naming word: String) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap(Int32.init).filter { process in
      let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
      return String(decoding: line, as: UTF8.self).contains(word)
    }
  }
}
