import Foundation
import Testing

/// A run directory in which the processes of a test find each other, by files.
struct TestPlace: Sendable {
  let directory: String

  /// True for the first process that asks.
  func claim(_ name: String) -> Bool {
    let descriptor = open("\(directory)/\(name)", O_CREAT | O_EXCL | O_WRONLY, 0o600)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0
  }

  /// Waits for a file, but not for ever.
  func wait(for name: String) {
    wait { FileManager.default.fileExists(atPath: "\(directory)/\(name)") }
  }

  func wait(until isTrue: () -> Bool) {
    let deadline = ContinuousClock.now + .seconds(60)
    while !isTrue(), ContinuousClock.now < deadline { usleep(20_000) }
  }

  /// Stops this process, as a machine that hangs does, until there is a file of a shell's pattern.
  func standStill(untilThereIs pattern: String) {
    let waker = Process()
    waker.executableURL = URL(fileURLWithPath: "/bin/sh")
    waker.arguments = [
      "-c",
      """
      for look in $(seq 600); do
        for file in "\(directory)/"\(pattern); do [ -e "$file" ] && break 2; done
        sleep 0.1
      done
      kill -CONT \(getpid())
      """,
    ]
    do {
      try waker.run()
    } catch {
      Issue.record("\(error)")
      return
    }
    kill(getpid(), SIGSTOP)
    waker.waitUntilExit()
  }

  /// The checkpoints, by their paths among them.
  var checkpoints: [String: Data] {
    var files: [String: Data] = [:]
    let root = "\(directory)/checkpoints"
    for path in (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? [] {
      guard path.hasSuffix(".h5") else { continue }
      files[path] = FileManager.default.contents(atPath: "\(root)/\(path)")
    }
    return files
  }
}
