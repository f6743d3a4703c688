import Foundation

/// Plug-ins that tests compile, as a user does: with mpicc, or the compiler that the variable MPICC names.
public enum CompiledPlugin {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Compiles a shared library in a directory of this process, once: a name stands for one source.
  ///
  /// - Parameter compiler: `cc` for one that is to know nothing of MPI.
  /// - Returns: its path.
  public static func library(
    _ name: String, _ source: String, flags: [String] = [], compiler: String = "mpicc"
  ) throws -> String {
    let file = "\(directory)/\(name)"
    if FileManager.default.fileExists(atPath: "\(file).so") { return "\(file).so" }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try source.write(toFile: "\(file).c", atomically: true, encoding: .utf8)
    let chosen = compiler == "mpicc" ? ProcessInfo.processInfo.environment["MPICC"] ?? compiler : compiler
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [
        chosen, "-O2", "-std=c99", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
        "-I", root.appending(path: "Sources/CTrainee/include").path,
        "-I", root.appending(path: "configs/c-plugin").path, "\(file).c", "-o", "\(file).so",
      ] + flags + ["-lm"]
    process.standardError = errors
    try process.run()
    let words = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(chosen) of \(name).c: \(String(decoding: words, as: UTF8.self))")
    }
    return "\(file).so"
  }

  /// Where they lie until the process ends.
  public static let directory: String = {
    atexit { try? FileManager.default.removeItem(atPath: CompiledPlugin.directory) }
    return FileManager.default.temporaryDirectory.path + "/tuner-mpi-plugins-\(getpid())"
  }()
}
