import Foundation
import Testing

@testable import tuner_mpi

/// The end of the allocation, as each batch system tells it by the environment of a job and by a program that it has.
@Suite struct AllocationTests {
  /// Seconds left where the batch system's program answers so.
  private func secondsLeft(
    _ variables: [String: String], _ program: String, answers: String, code: Int = 0,
    about job: String = "42",
    first: String = "", patience: Double = 30
  ) throws -> Double? {
    let folder = FileManager.default.temporaryDirectory.appending(path: "allocation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: program).path
    // Says nothing of another job than the one that the environment names.
    try """
    #!/bin/sh
    case "$*" in *'\(job)'*) ;; *) exit 1 ;; esac
    \(first)
    cat <<'END'
    \(answers)
    END
    exit \(code)
    """.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    let environment = variables.merging(["PATH": "\(folder.path):/usr/bin:/bin"]) { given, _ in given }
    return Allocation(environment: environment, patience: patience).secondsLeft()
  }

  @Test(arguments: [
    ("1-02:03:04", 93_784.0), ("02:03:04", 7384), ("03:04", 184), ("59", 59), ("INVALID", nil),
    ("UNLIMITED", nil),
    ("", nil),
  ])
  func `Slurm is asked by squeue`(answer: String, seconds: Double?) throws {
    #expect(try secondsLeft(["SLURM_JOB_ID": "42"], "squeue", answers: answer) == seconds)
  }

  @Test func `Slurm's end time is taken without a question`() throws {
    let end = Date().timeIntervalSince1970 + 600
    let variables = ["SLURM_JOB_END_TIME": "\(Int(end))", "SLURM_JOB_ID": "42"]
    let left = try #require(try secondsLeft(variables, "squeue", answers: "00:10"))
    #expect(abs(left - 600) < 5)
  }

  @Test(arguments: [
    ("3599", 3599.0), ("3599.5", 3599.5), ("0", 0), ("4294967295", nil), ("infinity", nil),
    ("no such job", nil),
  ])
  func `Flux is asked by flux job timeleft`(answer: String, seconds: Double?) throws {
    #expect(try secondsLeft(["FLUX_JOB_ID": "ƒ42"], "flux", answers: answer) == seconds)
  }

  @Test(arguments: [
    ("2:15 L", 8100.0), ("0:10 L", 600), ("0:10 X", 600), ("0:10 E", nil), ("-", nil), ("", nil),
  ])
  func `LSF is asked by bjobs, and an estimate is no end`(answer: String, seconds: Double?) throws {
    #expect(try secondsLeft(["LSB_JOBID": "42"], "bjobs", answers: answer) == seconds)
  }

  @Test func `of an array of LSF the job's own element is asked for`() throws {
    let variables = ["LSB_JOBID": "42", "LSB_JOBINDEX": "3"]
    #expect(try secondsLeft(variables, "bjobs", answers: "2:15 L", about: "42[3]") == 8100)
    let single = ["LSB_JOBID": "42", "LSB_JOBINDEX": "0"]
    #expect(try secondsLeft(single, "bjobs", answers: "2:15 L", about: "42[0]") == nil)
    #expect(try secondsLeft(single, "bjobs", answers: "2:15 L") == 8100)
  }

  // What was used is up to two minutes more than what PBS has counted.
  @Test(arguments: [
    ("    Resource_List.walltime = 01:00:00\n    resources_used.walltime = 00:01:30", 3390.0),
    ("    Resource_List.walltime = 00:30:00", 1680), ("    Resource_List.select = 2:ncpus=4", nil),
  ])
  func `PBS is asked by qstat for what was given and what was used`(answer: String, seconds: Double?) throws {
    let whole = "Job Id: 42.server\n    Job_Name = tuner\n\(answer)\n    queue = batch"
    #expect(try secondsLeft(["PBS_JOBID": "42.server"], "qstat", answers: whole) == seconds)
  }

  /// Seconds since the start, as this machine's clock and `stime` have it; as PBS has counted; and left of an hour.
  @Test(arguments: [
    (100.0, "00:00:00", 3500.0), (100, "00:01:30", 3500), (7200, "00:01:30", 3390), (-60, "00:01:30", 3510),
  ])
  func `PBS's start says how old its count is`(since: Double, used: String, left: Double) throws {
    var start = time_t(Date().timeIntervalSince1970 - since)
    var parts = tm()
    localtime_r(&start, &parts)
    var text = [CChar](repeating: 0, count: 64)
    let length = strftime(&text, text.count, "%a %b %e %H:%M:%S %Y", &parts)
    let date = String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let answer = """
      Job Id: 42.server
          resources_used.walltime = \(used)
          stime = \(date)
          Resource_List.walltime = 01:00:00
      """
    let found = try #require(try secondsLeft(["PBS_JOBID": "42.server"], "qstat", answers: answer))
    #expect(abs(found - left) < 5, "\(found)")
  }

  @Test func `a batch system that does not answer is not waited for`() throws {
    for first in ["exec sleep 20", "exec sleep 20 >&-"] {
      let begin = ContinuousClock.now
      let variables = ["SLURM_JOB_ID": "42"]
      #expect(try secondsLeft(variables, "squeue", answers: "10:00", first: first, patience: 0.5) == nil)
      #expect(ContinuousClock.now - begin < .seconds(10))
    }
  }

  @Test func `where a program fails or is missing, and outside a job, nothing is known`() throws {
    #expect(try secondsLeft(["SLURM_JOB_ID": "42"], "squeue", answers: "10:00", code: 1) == nil)
    #expect(try secondsLeft(["LSB_JOBID": "42"], "squeue", answers: "10:00") == nil)
    #expect(Allocation(environment: ["PATH": "/usr/bin:/bin"]).secondsLeft() == nil)
  }
}
