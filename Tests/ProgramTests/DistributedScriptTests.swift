import Foundation
import Search
import Testing
import Tuner

/// PyTorch's DistributedDataParallel inside groups: every rank trains under the same configuration, a clone has its
/// parent's weights in every bit, and its own values are in force.
@Suite(
  .serialized, .enabled(if: Program.isBuilt, "no release build: run make build"),
  .enabled(if: Scripts.hasTorch, "no Python with PyTorch and NumPy beside libtorch"))
struct DistributedScriptTests {
  /// Logs what it begins and ends every unit with.
  private static let script = """
    import hashlib, os
    import torch, torch.distributed as dist, tuner_mpi
    from torch.nn.parallel import DistributedDataParallel

    rank, ranks = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    if ranks > 1: dist.init_process_group("gloo")
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(512, 20, generator=generator)
    targets = inputs[:, :3].sum(1, keepdim=True).tanh()
    for trial in tuner_mpi.trials(learning_rate=0.1, momentum=0.5):
        torch.manual_seed(trial.seed)
        network = torch.nn.Sequential(torch.nn.Linear(20, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
        model = DistributedDataParallel(network) if ranks > 1 else network
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9)
        trial.state(model=network, optimizer=optimizer)
        def digest():
            tensors = list(network.state_dict().values())
            tensors += [state["momentum_buffer"] for state in optimizer.state.values() if state]
            return hashlib.sha256(b"".join(tensor.numpy().tobytes() for tensor in tensors)).hexdigest()[:16]
        for unit in trial.budgets():
            trial.apply(optimizer)
            group = optimizer.param_groups[0]
            trial.log("begins", unit, digest(), repr(group["lr"]), repr(group["momentum"]))
            for batch in torch.randperm(512, generator=generator.manual_seed(unit)).split(64):
                share = batch[rank::ranks]
                optimizer.zero_grad()
                torch.nn.functional.mse_loss(model(inputs[share]), targets[share]).backward()
                optimizer.step()
            with torch.no_grad():
                loss = torch.nn.functional.mse_loss(network(inputs), targets)
            trial.log("ends", unit, digest())
            trial.report(dev_loss=loss)
    """

  private static func study(_ scheduler: String, ranksPerTrial: Int) -> String {
    """
    study: distributed
    objective: {metric: dev_loss, goal: minimize}
    trainee: {command: [python3, train.py], dialogue: true, metrics: [dev_loss]}
    search:
      space:
        learning_rate: {type: float, low: 1e-3, high: 0.3, scale: log}
        momentum: {type: float, low: 0, high: 0.9}
      sampler: random
      scheduler: \(scheduler)
    resources: {ranks_per_trial: \(ranksPerTrial)}
    """
  }

  private func run(_ name: String, _ text: String, ranks: Int, in directory: URL) throws -> URL {
    try Self.script.write(to: directory.appending(path: "train.py"), atomically: true, encoding: .utf8)
    try text.write(to: directory.appending(path: "\(name).yaml"), atomically: true, encoding: .utf8)
    let output = try Scripts.launch(["\(name).yaml", "--run-directory", name], ranks: ranks, in: directory).wait()
    try #require(output.code == 0, "\(output.standardError)")
    return directory.appending(path: name)
  }

  /// What a rank logged of a trial: the words after `begins UNIT` or `ends UNIT`.
  private func log(of trial: TrialID, rank: Int, in run: URL) throws -> [String: [String]] {
    let number = String(trial.rawValue)
    let name = "trial-" + String(repeating: "0", count: 6 - number.count) + number
    let text = try String(contentsOf: run.appending(path: "logs/\(name)/rank-\(rank).log"), encoding: .utf8)
    var found: [String: [String]] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("trial ") {
      let words = line.split(separator: " ").map(String.init).dropFirst(4)
      if words.count >= 3 { found[words.prefix(2).joined(separator: " ")] = Array(words.dropFirst(2)) }
    }
    return found
  }

  @Test func `ranks are alike, a clone has its parent's weights, and its own values are in force`() throws {
    let directory = try Program.scratch("distributed")
    let run = try run(
      "pbt", Self.study("{kind: pbt, population: 4, generations: 5, interval: 1}", ranksPerTrial: 2), ranks: 5,
      in: directory)
    let contents = try #require(try JournalContents.read(run.appending(path: "journal.jsonl").path))
    var clones = 0
    for line in contents.lines {
      guard case .job(let record) = line.record else { continue }
      let job = record.job
      let (first, second) = try (log(of: job.trial, rank: 0, in: run), log(of: job.trial, rank: 1, in: run))
      let begins = try #require(first["begins \(job.target)"])
      #expect(second["begins \(job.target)"] == begins)
      #expect(try #require(first["ends \(job.target)"]) == second["ends \(job.target)"])
      for (name, text) in zip(["learning_rate", "momentum"], begins.dropFirst()) {
        let planned = try #require(job.configuration[name]?.number)
        #expect(try abs(#require(Double(text)) - planned) <= 1e-6 * abs(planned), "\(job.id), \(name)")
      }
      guard let origin = job.originState else { continue }
      let parent = try log(of: origin.trial, rank: 0, in: run)
      #expect(parent["ends \(origin.budget)"]?.first == begins.first, "\(job.id) from \(origin)")
      if origin.trial != job.trial { clones += 1 }
    }
    #expect(clones > 0)
  }

  @Test func `a group measures what one process measures on the joined batch`() throws {
    let directory = try Program.scratch("joined")
    let scheduler = "{kind: full, trials: 2, budget: 3}"
    func scores(_ name: String, ranksPerTrial: Int) throws -> [Double] {
      let run = try run(
        name, Self.study(scheduler, ranksPerTrial: ranksPerTrial), ranks: 1 + ranksPerTrial, in: directory)
      let contents = try #require(try JournalContents.read(run.appending(path: "journal.jsonl").path))
      return try History(contents).trials.map { try #require($0.segments.last?.measurements.last?.metrics["dev_loss"]) }
    }
    let (alone, together) = try (scores("alone", ranksPerTrial: 1), scores("together", ranksPerTrial: 2))
    try #require(alone.count == 2 && together.count == 2)
    for (alone, together) in zip(alone, together) { #expect(abs(alone - together) < 1e-5) }
  }
}

extension ParameterValue {
  fileprivate var number: Double? { if case .number(let number) = self { number } else { nil } }
}
