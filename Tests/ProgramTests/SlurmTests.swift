import Foundation
import Testing

/// The batch scripts on a real Slurm of two nodes on this machine. `../shared/slurm-cluster` starts it; where
/// it is absent the tests are skipped.
@Suite(
  .serialized, .enabled(if: Program.isBuilt, "no release build: run make build"),
  .enabled(if: SlurmCluster.isThere, "no ../shared/slurm-cluster beside the project"))
struct SlurmTests {
  @Test func `a batch job runs to the end, requeueing itself when its time is too short`() throws {
    let cluster = try SlurmCluster(nodes: 2)
    defer { cluster.down() }

    try cluster.submit(["--time=10", "slurm/pbt.sh", "configs/digits-pbt.yaml"], runDirectory: "whole")
    #expect(try cluster.status("whole").code == 0)

    // Slurm's limits are whole minutes, too long for a test: the signal is what matters, so it comes soon
    // after the start (Slurm is up to half a minute early or late), and the study is too long for one job.
    let long = try cluster.write("long.yaml", from: "configs/digits-pbt.yaml", generations: 150)
    let patience = try cluster.extendTimeLimit(afterRestartIn: "short")
    try cluster.submit(
      ["--time=2", "--signal=B:USR1@115", "slurm/pbt.sh", "--launcher", "mpirun", long], runDirectory: "short"
    )
    #expect(try patience.wait().code == 0)
    #expect(try cluster.status("short").code == 0)
    #expect(try cluster.log(of: "short").contains("restart 1"))
  }

  @Test func `srun starts the ranks as well`() throws {
    let cluster = try SlurmCluster(nodes: 2)
    defer { cluster.down() }
    try cluster.submit(
      ["--time=10", "slurm/hyperband.sh", "--launcher", "srun", "configs/digits-random.yaml"],
      runDirectory: "srun")
    #expect(try cluster.status("srun").code == 0)
  }
}

/// A Slurm cluster that this test started, in network namespaces of its own.
struct SlurmCluster {
  private static let tool = Program.root.deletingLastPathComponent().appending(path: "shared/slurm-cluster")
    .path
  static let isThere = FileManager.default.isExecutableFile(atPath: tool) && getuid() == 0

  /// Closes what the process was given beyond the standard streams: the cluster's daemons would keep it open,
  /// and `Process` takes that for a sign that its child still runs.
  private static let withoutInheritance = [
    "bash", "-c",
    #"for fd in /proc/self/fd/*; do n=${fd##*/}; [ "$n" -le 2 ] || eval "exec $n>&-"; done; exec "$@""#,
    "slurm-cluster",
  ]

  private let directory: URL
  private let environment: [String: String]

  init(nodes: Int) throws {
    directory = try Program.scratch("slurm")
    environment = [
      "SLURM_CLUSTER_DIR": directory.appending(path: "cluster").path,
      "TUNER_MPI": Program.path,
    ]
    let up = try call(["up", "\(nodes)"])
    try #require(up.code == 0, "\(up.standardError)")
  }

  func down() {
    do {
      _ = try call(["down"])
    } catch {
      Issue.record(error)
    }
  }

  /// Submits a job and waits for its end, requeues included.
  func submit(_ arguments: [String], runDirectory: String) throws {
    let run = directory.appending(path: runDirectory).path
    let options = ["--wait", "--nodes=2", "--ntasks-per-node=2", "--output=\(run).log"]
    let output = try call(
      ["exec", "sbatch"] + options + arguments, ["TUNER_RUN_DIRECTORY": run], in: Program.root)
    let log = try log(of: runDirectory)
    try #require(output.code == 0, "\(output.standardError)\(log)")
  }

  /// Gives the only job half an hour as soon as it has been restarted. Slurm looks at its clocks twice a
  /// minute and may send the signal within a second or two of every start: with a short limit the study might
  /// never end.
  func extendTimeLimit(afterRestartIn runDirectory: String) throws -> Launched {
    let script = """
      for second in $(seq 600); do
        if grep --quiet --no-messages 'restart 1' "$1"; then
          exec "$2" exec bash -c 'scontrol update JobId=$(squeue --noheader --format=%i) TimeLimit=30'
        fi
        sleep 1
      done
      exit 1
      """
    return try Launched(
      Self.withoutInheritance + [
        "bash", "-c", script, "bash", "\(directory.appending(path: runDirectory).path).log", Self.tool,
      ],
      in: directory, environment: environment)
  }

  func status(_ runDirectory: String) throws -> Program.Output {
    try Program.run(["status", directory.appending(path: runDirectory).path], in: directory)
  }

  func log(of runDirectory: String) throws -> String {
    let path = directory.appending(path: "\(runDirectory).log").path
    return FileManager.default.fileExists(atPath: path)
      ? try String(contentsOfFile: path, encoding: .utf8) : ""
  }

  /// An example with another number of generations.
  func write(_ name: String, from example: String, generations: Int) throws -> String {
    let text = try String(contentsOf: Program.root.appending(path: example), encoding: .utf8)
    let match = try #require(text.firstMatch(of: /generations: \d+/))
    let path = directory.appending(path: name)
    try text.replacingCharacters(in: match.range, with: "generations: \(generations)")
      .write(to: path, atomically: true, encoding: .utf8)
    return path.path
  }

  private func call(
    _ arguments: [String], _ more: [String: String] = [:], in place: URL? = nil
  ) throws -> Program.Output {
    try Launched(
      Self.withoutInheritance + [Self.tool] + arguments, in: place ?? directory,
      environment: environment.merging(more) { $1 }
    ).wait()
  }
}
