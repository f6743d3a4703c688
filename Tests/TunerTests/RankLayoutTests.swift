import Testing
import Tuner

@Suite struct RankLayoutTests {
  @Test func `every rank has one role, and groups are neighbours`() throws {
    for size in 2...40 {
      for ranksPerTrial in 1..<size {
        let layout = try RankLayout(worldSize: size, ranksPerTrial: ranksPerTrial)
        var seen: Set<Int> = [0]
        for group in 0..<layout.groupCount {
          let ranks = layout.ranks(of: GroupID(group))
          #expect(ranks == Array(ranks[0]..<ranks[0] + ranksPerTrial))
          #expect(layout.role(of: ranks[0]) == .root(GroupID(group)))
          #expect(ranks.dropFirst().allSatisfy { layout.role(of: $0) == .member(GroupID(group)) })
          #expect(seen.isDisjoint(with: ranks))
          seen.formUnion(ranks)
        }
        seen.formUnion(layout.spareRanks)
        #expect(seen == Set(0..<size))
        #expect(layout.spareRanks.count < ranksPerTrial)
        #expect((layout.warning == nil) == layout.spareRanks.isEmpty)
      }
    }
  }

  @Test func `one rank is controller and worker`() throws {
    let layout = try RankLayout(worldSize: 1, ranksPerTrial: 1)
    #expect(layout.isLocal)
    #expect(layout.groupCount == 1)
    #expect(layout.ranks(of: GroupID(0)) == [0])
  }

  @Test(arguments: [
    (
      7, 4,
      "ranks 5...6 idle: 6 workers make 1 group of 4; start 5 or 9 ranks to use all."
    ),
    (4, 2, "rank 3 idles: 3 workers make 1 group of 2; start 3 or 5 ranks to use all."),
  ]) func `idle ranks are named with a remedy`(size: Int, ranksPerTrial: Int, line: String) throws {
    #expect(try RankLayout(worldSize: size, ranksPerTrial: ranksPerTrial).warning == line)
  }

  @Test(arguments: [
    (
      4, 4,
      "resources.ranks_per_trial: expected from 1 to 3 ranks in a group, because 4 ranks were started and one of "
        + "them is the controller, found 4. Start at least 5 ranks, or write 3 or less."
    ),
    (
      1, 2,
      "resources.ranks_per_trial: expected 1 rank in a group, because this is the only rank, found 2. "
        + "Start at least 3 ranks, or write 1 or less."
    ),
    (
      3, 0,
      "resources.ranks_per_trial: expected from 1 to 2 ranks in a group, because 3 ranks were started and one of "
        + "them is the controller, found 0. Write 1 or more."
    ),
  ]) func `too few ranks for a group are refused with a remedy`(
    size: Int, ranksPerTrial: Int, message: String
  ) {
    let error = #expect(throws: TunerError.self) {
      try RankLayout(worldSize: size, ranksPerTrial: ranksPerTrial)
    }
    #expect(error?.description == message)
    #expect(error?.kind == .usage)
  }

  @Test func `groups without work are named`() throws {
    let layout = try RankLayout(worldSize: 11, ranksPerTrial: 1)
    #expect(layout.warning(concurrency: 10) == nil)
    #expect(
      layout.warning(concurrency: 8)
        == "2 of 10 groups will idle: this search trains at most 8 trials at once; start 9 ranks, or let more trials "
        + "begin together.")
    #expect(
      try RankLayout(worldSize: 7, ranksPerTrial: 2).warning(concurrency: 1)
        == "2 of 3 groups will idle: this search trains at most 1 trial at once; start 3 ranks, or let more trials "
        + "begin together.")
  }

  @Test func `a launcher that MPI does not understand is refused`() throws {
    let error = #expect(throws: TunerError.self) {
      try RankLayout.checkLauncher(
        worldSize: 1, environment: ["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "8"])
    }
    #expect(
      error?.description
        == "MPI: expected 8 ranks, as many as srun started, found 1. This MPI library does not understand srun's "
        + "interface: use srun --mpi=pmix, or mpirun.")
    try RankLayout.checkLauncher(
      worldSize: 8, environment: ["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "8"])
    try RankLayout.checkLauncher(worldSize: 1, environment: [:])
    // mpirun's daemons are a step of their own: their number says nothing.
    try RankLayout.checkLauncher(
      worldSize: 1,
      environment: ["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "2", "OMPI_COMM_WORLD_SIZE": "1"])
  }
}
