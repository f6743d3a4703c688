import Foundation

/// What the batch system tells the program about the end of its time.
struct Allocation {
  let environment: [String: String]

  /// Seconds until the allocation ends; nil when nothing says so. Asks the batch system once, if at all: what the
  /// clock of the machine says later on does not matter.
  func secondsLeft() -> Double? {
    if let end = environment["SLURM_JOB_END_TIME"].flatMap({ Double($0) }), end.isFinite {
      return end - Date().timeIntervalSince1970
    }
    for system in BatchSystem.all {
      guard let job = environment[system.variable], let answer = answer(to: system.question(job)) else {
        continue
      }
      return system.seconds(answer)
    }
    return nil
  }

  /// What a program of the batch system says; nil where it is not there or fails: then the job's signal, or
  /// `--walltime`, still tells.
  private func answer(to question: [String]) -> String? {
    let asked = Process()
    asked.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    asked.arguments = question
    asked.environment = environment
    let output = Pipe()
    asked.standardOutput = output
    asked.standardError = FileHandle.nullDevice
    asked.standardInput = FileHandle.nullDevice
    do { try asked.run() } catch { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    asked.waitUntilExit()
    return asked.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
  }
}

/// How a batch system is asked for the time that a job has left, from within the job.
struct BatchSystem: Sendable {
  /// The environment variable with the job's number.
  let variable: String
  let question: @Sendable (_ job: String) -> [String]
  /// Seconds, of its answer; nil for no limit, and for what is no time.
  let seconds: @Sendable (_ answer: String) -> Double?

  static let all = [slurm, flux, lsf, pbs]

  /// `1-02:03:04`, `02:03:04`, `03:04`; `INVALID`, `UNLIMITED`. squeue(1), format `%L`.
  static let slurm = BatchSystem(
    variable: "SLURM_JOB_ID", question: { ["squeue", "--noheader", "--jobs", $0, "--format", "%L"] },
    seconds: { clock($0) })

  /// Seconds; `infinity`. flux-job(1), `timeleft`.
  static let flux = BatchSystem(
    variable: "FLUX_JOB_ID", question: { ["flux", "job", "timeleft", $0] },
    seconds: { Double($0).flatMap { $0.isFinite ? $0 : nil } })

  /// `2:15 L`: hours and minutes up to the limit, or `E` up to an estimated end, which is none. bjobs(1), `time_left`.
  static let lsf = BatchSystem(
    variable: "LSB_JOBID", question: { ["bjobs", "-noheader", "-o", "time_left", $0] },
    seconds: { answer in
      let words = answer.split(separator: " ")
      guard words.count == 2, words[1] == "L" else { return nil }
      return clock(words[0] + ":00")
    })

  /// `Resource_List.walltime = 01:00:00`, less `resources_used.walltime = 00:01:02`. qstat(1B), `-f`.
  static let pbs = BatchSystem(
    variable: "PBS_JOBID", question: { ["qstat", "-f", $0] },
    seconds: { answer in
      func attribute(_ name: String) -> Double? {
        let line = answer.split(separator: "\n").first {
          $0.drop { $0 == " " || $0 == "\t" }.hasPrefix("\(name) = ")
        }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { clock($0) }
      }
      return attribute("Resource_List.walltime").map { $0 - (attribute("resources_used.walltime") ?? 0) }
    })

  /// Days before a `-`, then hours, minutes, seconds, the first of them left out where they are 0.
  static func clock(_ text: some StringProtocol) -> Double? {
    let parts = text.split(separator: "-")
    guard (1...2).contains(parts.count), let clock = parts.last else { return nil }
    let units = clock.split(separator: ":").map { Double($0) }
    guard (1...3).contains(units.count), units.allSatisfy({ $0 != nil && $0! >= 0 && $0!.isFinite }) else {
      return nil
    }
    let seconds = units.reduce(0) { $0 * 60 + ($1 ?? 0) }
    guard parts.count == 2 else { return seconds }
    return Double(parts[0]).map { $0 * 86_400 + seconds }
  }
}
