import Foundation
import MPI
import Testing

@testable import Training

@Suite struct MemoryTests {
  private static func mlp(_ hidden: [Int], _ kind: OptimizerConfiguration.Kind = .adamw)
    -> TrainingConfiguration
  {
    var mlp = MLPConfiguration()
    mlp.hidden = hidden
    var configuration = TrainingConfiguration()
    configuration.model = .mlp(mlp)
    configuration.optimizer.kind = kind
    return configuration
  }

  private static let digits = DataSet.Form.labelled(shape: [1, 8, 8], classes: 10)

  @Test(arguments: [(OptimizerConfiguration.Kind.sgd, 1), (.adamw, 2), (.lamb, 2)])
  func `parameters, gradients and optimizer memory are counted exactly`(
    kind: OptimizerConfiguration.Kind, blocks: Int
  ) throws {
    let estimate = try Self.mlp([16], kind).memoryEstimate(for: Self.digits)
    // 64 · 16 + 16 + 16 · 10 + 10, the last rounded up to a cache line.
    let bytes = 4 * (1024 + 16 + 160 + 16)
    #expect(estimate.parameters == bytes)
    #expect(estimate.gradients == bytes)
    #expect(estimate.optimizer == blocks * bytes)
    #expect(estimate.statistics == 0)
    #expect(estimate.snapshot == (1 + blocks) * bytes)
    #expect(estimate.least == (2 + blocks) * bytes)
    #expect(estimate.total > estimate.least + estimate.snapshot)
  }

  @Test(arguments: SmallModel.allCases)
  func `the estimate is what the model then owns`(model: SmallModel) throws {
    let configuration = model.configuration
    let data = try model.data
    let estimate = try configuration.memoryEstimate(for: data.form)
    let made = try configuration.model.makeModel(for: data.form, seed: 1, device: .cpu)
    #expect(estimate.parameters == 4 * made.store.parameters.count)
    #expect(estimate.statistics == 4 * made.store.buffers.count)
  }

  @Test(arguments: [Array(repeating: 1_000_000_000, count: 5), [4_000_000_000, 4_000_000_000]])
  func `what no number can count is clamped, and refused`(hidden: [Int]) throws {
    let configuration = Self.mlp(hidden)
    #expect(try configuration.memoryEstimate(for: Self.digits).least == .max)
    let message = trainingError { () throws(TrainingError) in
      _ = try configuration.model.makeModel(for: Self.digits, seed: 1, device: .cpu)
    }
    #expect(message.hasPrefix("out of memory: the model's parameters: expected more than 9.2 EB, found "))
  }

  @Test(arguments: [1, 3], [true, false])
  func `ranks of a host count together`(ranks: Int, isShort: Bool) throws {
    let configuration = Self.mlp([16_000])
    let least = try configuration.memoryEstimate(for: Self.digits).least
    let there = HostMemory(bytes: least * ranks - (isShort ? 1 : 0), limit: "a test")
    let shortage = try configuration.shortage(for: Self.digits, ranksOnHost: ranks, available: there)
    #expect((shortage != nil) == isShort)
  }

  @Test(arguments: [[1_000_000_000], [200_000, 2_000_000]])
  func `a trial that no memory holds fails, and the next one trains`(hidden: [Int]) throws {
    let data = try SmallModel.mlp.data
    let message = trainingError { () throws(TrainingError) in
      _ = try Trainer(Self.mlp(hidden), data: data, seed: 1, trial: 0)
    }
    #expect(
      message.hasPrefix("out of memory: parameters, gradients and optimizer memory of the trial: expected "),
      "\(message)")
    var small = try Trainer(SmallModel.mlp.configuration, data: data, seed: 1, trial: 1)
    #expect(try small.train(to: 1) == .reachedTarget)
  }

  @Test(arguments: [1 << 50, Int.max]) func `a block that cannot be had is an error`(elements: Int) {
    let message = trainingError { () throws(TrainingError) in
      _ = try AlignedBlock<Float>(elements: elements, for: "a test")
    }
    #expect(message.hasPrefix("out of memory: a test: expected "))
  }

  @Test func `an error survives being sent`() throws {
    let errors: [TrainingError] = [
      .diverged(step: 3, what: "the loss"), .library("words"),
      .place(subject: "a", expected: "b", found: "c", remedy: "d"),
      .memory(subject: "a", expected: "b", found: "c", remedy: "d"),
    ]
    let sent = try JSONEncoder().encode(errors)
    #expect(try JSONDecoder().decode([TrainingError].self, from: sent) == errors)
  }
}

@Suite struct PlaceTests {
  @Test(arguments: [
    (64, 1, nil), (65, 1, "64 threads on a host of 1 cores"),
    (1601, 100, "1600 threads on a host of 100 cores"),
  ])
  func `threads beyond what the host can run are its fault, not a trial's`(
    threads: Int, cores: Int, expected: String?
  ) {
    var configuration = TrainingConfiguration()
    configuration.threads = threads
    let message = trainingError { () throws(TrainingError) in try configuration.requireThreads(cores: cores) }
    if let expected {
      #expect(
        message == "resources.threads_per_rank: expected at most \(expected), found \(threads). "
          + "Write the cores of a host, divided by the ranks that share it.")
    } else {
      #expect(message == "no error")
    }
  }

  @Test func `a place without a GPU is told before any trial, and by every trial`() throws {
    var configuration = SmallModel.mlp.configuration
    try configuration.checkPlace()
    configuration.device = .cuda
    var errors: [TrainingError] = []
    do throws(TrainingError) { try configuration.checkPlace(localRank: 2) } catch { errors.append(error) }
    if errors.isEmpty { return }  // There is one.
    let data = try SmallModel.mlp.data
    do throws(TrainingError) {
      _ = try Trainer(configuration, data: data, seed: 1, trial: 0)
    } catch { errors.append(error) }
    #expect(errors.count == 2)
    for error in errors {
      guard case .place(let subject, _, let found, _) = error else {
        Issue.record("\(error)")
        continue
      }
      #expect(subject == "resources.device")
      #expect(found == "none")
    }
  }

  @Test func `memories of no bytes are equal`() throws {
    let shared = try StateMemory(sharing: 0, for: "a test")
    #expect(shared == (try StateMemory(byteCount: 0, for: "a test")))
  }
}
