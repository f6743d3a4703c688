import Foundation

/// What the batch system tells the program about the end of its time.
struct Allocation {
  let environment: [String: String]

  /// Seconds until the allocation ends; nil when nothing says so. Asks Slurm once, if at all: what the clock
  /// of the machine says later on does not matter.
  func secondsLeft() -> Double? {
    if let end = environment["SLURM_JOB_END_TIME"].flatMap({ Double($0) }), end.isFinite {
      return end - Date().timeIntervalSince1970
    }
    return environment["SLURM_JOB_ID"].flatMap(timeLeft)
  }

  /// Seconds, of `squeue`'s `1-02:03:04`, `02:03:04`, `03:04`; nil for `INVALID`, `UNLIMITED`.
  static func seconds(timeLeft text: String) -> Double? {
    let parts = text.split(separator: "-")
    guard (1...2).contains(parts.count), let clock = parts.last else { return nil }
    let units = clock.split(separator: ":").map { Double($0) }
    guard (1...3).contains(units.count), !units.contains(nil) else { return nil }
    let seconds = units.reduce(0) { $0 * 60 + ($1 ?? 0) }
    guard parts.count == 2 else { return seconds }
    return Double(parts[0]).map { $0 * 86_400 + seconds }
  }

  private func timeLeft(ofJob job: String) -> Double? {
    let squeue = Process()
    squeue.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    squeue.arguments = ["squeue", "--noheader", "--jobs", job, "--format", "%L"]
    let output = Pipe()
    squeue.standardOutput = output
    squeue.standardError = FileHandle.nullDevice
    do {
      try squeue.run()
    } catch {
      return nil  // No squeue on this node: the job's signal, or --walltime, still tells.
    }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    squeue.waitUntilExit()
    return Self.seconds(timeLeft: text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
