import Foundation
import Testing

@testable import tuner_mpi

/// The end of the allocation, as each batch system tells it by the environment of a job and by a program that it has.
@Suite struct AllocationTests {
  /// Seconds left where the batch system's program answers so.
  private func secondsLeft(_ variables: [String: String], _ program: String, answers: String, code: Int = 0)
    throws
    -> Double?
  {
    let folder = FileManager.default.temporaryDirectory.appending(path: "allocation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: program).path
    // Says nothing of another job than the one that the environment names.
    try """
    #!/bin/sh
    case "$*" in *42*) ;; *) exit 1 ;; esac
    cat <<'END'
    \(answers)
    END
    exit \(code)
    """.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    let environment = variables.merging(["PATH": "\(folder.path):/usr/bin:/bin"]) { given, _ in given }
    return Allocation(environment: environment).secondsLeft()
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

  @Test(arguments: [("3599.5", 3599.5), ("0.0", 0), ("infinity", nil), ("no such job", nil)])
  func `Flux is asked by flux job timeleft`(answer: String, seconds: Double?) throws {
    #expect(try secondsLeft(["FLUX_JOB_ID": "ƒ42"], "flux", answers: answer) == seconds)
  }

  @Test(arguments: [("2:15 L", 8100.0), ("0:10 L", 600), ("0:10 E", nil), ("-", nil), ("", nil)])
  func `LSF is asked by bjobs, and an estimate is no end`(answer: String, seconds: Double?) throws {
    #expect(try secondsLeft(["LSB_JOBID": "42"], "bjobs", answers: answer) == seconds)
  }

  @Test(arguments: [
    ("    Resource_List.walltime = 01:00:00\n    resources_used.walltime = 00:01:30", 3510.0),
    ("    Resource_List.walltime = 00:30:00", 1800), ("    Resource_List.select = 2:ncpus=4", nil),
  ])
  func `PBS is asked by qstat for what was given and what was used`(answer: String, seconds: Double?) throws {
    let whole = "Job Id: 42.server\n    Job_Name = tuner\n\(answer)\n    queue = batch"
    #expect(try secondsLeft(["PBS_JOBID": "42.server"], "qstat", answers: whole) == seconds)
  }

  @Test func `where a program fails or is missing, and outside a job, nothing is known`() throws {
    #expect(try secondsLeft(["SLURM_JOB_ID": "42"], "squeue", answers: "10:00", code: 1) == nil)
    #expect(try secondsLeft(["LSB_JOBID": "42"], "squeue", answers: "10:00") == nil)
    #expect(Allocation(environment: ["PATH": "/usr/bin:/bin"]).secondsLeft() == nil)
  }
}
