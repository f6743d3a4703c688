internal import Foundation

/// The directory in which a plain command keeps its state: its files are the state, whatever they are.
struct StateDirectory {
  let path: String

  /// Makes it, with nothing in it.
  func clear() throws(TrainingError) {
    try asPlace { () throws in
      if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
  }

  /// Files by their paths within it; symbolic links and what is no file are left out.
  func read() throws(TrainingError) -> [String: StateMemory] {
    var files: [String: StateMemory] = [:]
    let names = FileManager.default.enumerator(atPath: path)
    while let name = names?.nextObject() as? String {
      var status = stat()
      guard lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      files[Self.escaped(name)] = try contents(of: name, byteCount: Int(status.st_size))
    }
    return files
  }

  /// Fills the empty directory.
  func write(_ files: [String: StateMemory]) throws(TrainingError) {
    for (name, memory) in files {
      let file = "\(path)/\(Self.unescaped(name))"
      try asPlace { () throws in
        try FileManager.default.createDirectory(
          atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytesNoCopy: memory.writable.baseAddress!, count: memory.byteCount, deallocator: .none)
          .write(to: URL(fileURLWithPath: file))
      }
    }
  }

  private func contents(of name: String, byteCount: Int) throws(TrainingError) -> StateMemory {
    let memory = try StateMemory(byteCount: byteCount, for: "the state file \(name)")
    let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
    defer { if file >= 0 { close(file) } }
    var count = 0
    while file >= 0, count < byteCount {
      let got = Foundation.read(file, memory.writable.baseAddress! + count, byteCount - count)
      if got < 0 && errno == EINTR { continue }
      if got <= 0 { break }
      count += got
    }
    guard file >= 0, count == byteCount else {
      throw .library("the state file \(path)/\(name): expected \(byteCount) bytes, found \(count)")
    }
    return memory
  }

  private func asPlace(_ body: () throws -> Void) throws(TrainingError) {
    do {
      try body()
    } catch {
      throw .place(
        subject: "a program's state directory", expected: "to write \(path)",
        found: (error as NSError).localizedDescription, remedy: "Set TMPDIR to a place with more room.")
    }
  }

  /// Names of states have no `/`.
  private static func escaped(_ name: String) -> String {
    name.replacing("%", with: "%25").replacing("/", with: "%2F")
  }

  private static func unescaped(_ name: String) -> String {
    name.replacing("%2F", with: "/").replacing("%25", with: "%")
  }
}
