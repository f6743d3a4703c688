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

  /// Takes it away.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Files by their paths within it, and their names in the order in which they were last written: programs look for
  /// the newest. A link stands for the file that it leads to; what is no file is left out.
  func read() throws(TrainingError) -> (files: [String: StateMemory], order: [String]) {
    var files: [String: StateMemory] = [:]
    var times: [(name: String, seconds: Int, nanoseconds: Int)] = []
    let names = FileManager.default.enumerator(atPath: path)
    while let name = names?.nextObject() as? String {
      var status = stat()
      guard stat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      let escaped = Self.escaped(name)
      files[escaped] = try contents(of: name, byteCount: Int(status.st_size))
      times.append((escaped, status.st_mtim.tv_sec, status.st_mtim.tv_nsec))
    }
    let order = times.sorted { ($0.seconds, $0.nanoseconds, $0.name) < ($1.seconds, $1.nanoseconds, $1.name) }
    return (files, order.map(\.name))
  }

  /// Fills the empty directory.
  ///
  /// - Parameter order: in which the files were last written; others come before them.
  func write(_ files: [String: StateMemory], order: [String]) throws(TrainingError) {
    let names = files.keys.filter { !order.contains($0) }.sorted() + order.filter { files[$0] != nil }
    var time = Date().addingTimeInterval(-Double(names.count))
    for name in names {
      guard let memory = files[name] else { continue }
      let file = "\(path)/\(try Self.unescaped(name))"
      time += 1
      try asPlace { () throws in
        try FileManager.default.createDirectory(
          atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        let data =
          memory.byteCount == 0
          ? Data()
          : Data(bytesNoCopy: memory.writable.baseAddress!, count: memory.byteCount, deallocator: .none)
        try data.write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file)
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

  /// - Throws: `TrainingError.invalid` for a name that leads out of the directory.
  private static func unescaped(_ name: String) throws(TrainingError) -> String {
    let path = name.replacing("%2F", with: "/").replacing("%25", with: "%")
    if path.hasPrefix("/") || path.split(separator: "/").contains("..") {
      throw .invalid(
        subject: "a state file", expected: "a path within the state directory", found: path,
        remedy: "The checkpoint was not written by this program: use another one.")
    }
    return path
  }
}
