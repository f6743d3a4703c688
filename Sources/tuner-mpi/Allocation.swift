import Foundation
import Glibc

/// What the batch system tells the program about the end of its time.
struct Allocation {
  let environment: [String: String]
  /// Seconds that an answer may take: a study must not wait for a batch system that is down.
  var patience = 30.0

  /// Seconds until the allocation ends; nil when nothing says so. Asks the batch system once, if at all: what the
  /// clock of the machine says later on does not matter.
  func secondsLeft() -> Double? {
    if let end = environment["SLURM_JOB_END_TIME"].flatMap({ Double($0) }), end.isFinite {
      return end - Date().timeIntervalSince1970
    }
    for system in BatchSystem.all {
      guard let job = environment[system.variable], let answer = answer(to: system.question(job, environment))
      else {
        continue
      }
      return system.seconds(answer)
    }
    return nil
  }

  /// What a program of the batch system says; nil where it is not there, fails or takes too long: then the job's signal,
  /// or `--walltime`, still tells.
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
    let end = ContinuousClock.now + .seconds(patience)
    let said = Self.read(output.fileHandleForReading.fileDescriptor, until: end)
    while said != nil, asked.isRunning, ContinuousClock.now < end { usleep(1_000) }
    guard let said, !asked.isRunning else {
      kill(asked.processIdentifier, SIGKILL)
      return nil
    }
    guard asked.terminationStatus == 0 else { return nil }
    return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// All that comes before the writer closes; nil where that takes too long. What the writer has started may hold the
  /// other end for longer than it lives itself.
  private static func read(_ descriptor: CInt, until end: ContinuousClock.Instant) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while ContinuousClock.now < end {
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&request, 1, 50) > 0 else { continue }
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return bytes }
      bytes += buffer.prefix(count)
    }
    return nil
  }
}

/// How a batch system is asked for the time that a job has left, from within the job.
struct BatchSystem: Sendable {
  /// The environment variable with the job's number.
  let variable: String
  let question: @Sendable (_ job: String, _ environment: [String: String]) -> [String]
  /// Seconds, of its answer; nil for no limit, and for what is no time.
  let seconds: @Sendable (_ answer: String) -> Double?

  static let all = [slurm, flux, lsf, pbs]

  /// `1-02:03:04`, `02:03:04`, `03:04`; `INVALID`, `UNLIMITED`. squeue(1), format `%L`.
  static let slurm = BatchSystem(
    variable: "SLURM_JOB_ID",
    question: { job, _ in ["squeue", "--noheader", "--jobs", job, "--format", "%L"] },
    seconds: { clock($0) })

  /// Whole seconds; without a limit the greatest number of 32 bits, of some versions `infinity`. flux-job(1), `timeleft`.
  static let flux = BatchSystem(
    variable: "FLUX_JOB_ID", question: { job, _ in ["flux", "job", "timeleft", job] },
    seconds: { Double($0).flatMap { (0..<Double(UInt32.max)).contains($0) ? $0 : nil } })

  /// `2:15 L`: hours and minutes up to the limit; so is `X`, of a job that outlasts an estimate, whereas `E` is up to an
  /// estimated end, which is none. bjobs(1), `time_left`. Of an array, `42[3]` is one job, `42` all.
  static let lsf = BatchSystem(
    variable: "LSB_JOBID",
    question: { job, environment in
      let index = environment["LSB_JOBINDEX"] ?? "0"
      // 0 outside arrays.
      let element = index == "0" || index.isEmpty ? job : "\(job)[\(index)]"
      return ["bjobs", "-noheader", "-o", "time_left", element]
    },
    seconds: { answer in
      let words = answer.split(separator: " ")
      guard words.count == 2, ["L", "X"].contains(words[1]) else { return nil }
      return clock(words[0] + ":00")
    })

  /// `Resource_List.walltime = 01:00:00`, less `resources_used.walltime = 00:01:02`. qstat(1B), `-f`.
  ///
  /// PBS counts what was used anew every two minutes at most, so there may be so much more of it; `stime = Tue Dec  1
  /// 12:00:00 2026`, the start, says how much, as far as the clocks agree and the job was never suspended.
  static let pbs = BatchSystem(
    variable: "PBS_JOBID", question: { job, _ in ["qstat", "-f", job] },
    seconds: { answer in
      func attribute(_ name: String) -> Substring? {
        let lines = answer.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }
        return lines.first { $0.hasPrefix("\(name) = ") }?.dropFirst(name.count + 3)
      }
      guard let given = attribute("Resource_List.walltime").flatMap({ clock($0) }) else { return nil }
      let used = attribute("resources_used.walltime").flatMap { clock($0) } ?? 0
      let sinceStart = attribute("stime").flatMap { date(String($0)) }.map {
        Date().timeIntervalSince1970 - $0
      }
      return given - min(max(sinceStart ?? .infinity, used), used + secondsBetweenCounts)
    })

  /// How old what PBS has counted may be.
  private static let secondsBetweenCounts = 120.0

  /// Seconds since 1970 of such as `Tue Dec  1 12:00:00 2026`, in this machine's time.
  private static func date(_ text: String) -> Double? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.split(separator: " ")
    guard words.count == 5, let month = months.firstIndex(of: String(words[1])), let day = Int32(words[2]),
      let seconds = clock(words[3]), seconds < 86_400, let year = Int32(words[4]),
      (1970...9999).contains(year)
    else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, CInt(month), day)
    (parts.tm_hour, parts.tm_min) = (CInt(seconds / 3600), CInt(seconds / 60) % 60)
    parts.tm_sec = CInt(seconds) % 60
    // Whether that is summer time, the system knows.
    parts.tm_isdst = -1
    let time = mktime(&parts)
    return time < 0 ? nil : Double(time)
  }

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
