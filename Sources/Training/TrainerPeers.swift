import MPI

/// The ranks that train together, as one of them sees them. Its end frees the communicators.
final class TrainerPeers {
  let rank: Int
  let ranks: Int
  private let group: Communicator?
  private let exchange: GradientExchange?
  private let memory: ExchangeMemory?
  /// Whether the exchange of this step has begun.
  private var isOpen = false

  /// One rank alone, without MPI.
  init() {
    (rank, ranks) = (0, 1)
    group = nil
    (exchange, memory) = (nil, nil)
  }

  /// Collective over `group`, of which it makes duplicates, so that its messages meet no others.
  init(_ group: borrowing Communicator, _ store: ParameterStore) throws(TrainingError) {
    rank = group.rank.rawValue
    ranks = group.size
    if group.size > 1 {
      let exchange = try GradientExchange(on: group, layout: store.layout, patience: group.patience)
      let memory = ExchangeMemory(store)
      if memory.isImmediate { store.sinks.onComplete(exchange.complete) }
      self.exchange = exchange
      self.memory = memory
      do throws(MPIError) {
        self.group = try group.duplicate(named: "\(group.name), training")
      } catch {
        throw .library(error.description)
      }
    } else {
      self.group = nil
      (exchange, memory) = (nil, nil)
    }
  }

  var isRoot: Bool { rank == 0 }

  /// Sums over the ranks, the same bits on each. Collective.
  func sum(_ values: [Double]) throws(TrainingError) -> [Double] {
    var sums = values
    do throws(MPIError) { try group?.allReduce(&sums, .sum) } catch { throw .library(error.description) }
    return sums
  }

  /// The root's bytes, on every rank. Collective.
  func broadcast(_ bytes: [UInt8]) throws(TrainingError) -> [UInt8] {
    do throws(MPIError) {
      return try group?.broadcastBytes(rank == 0 ? bytes : nil) ?? bytes
    } catch {
      throw .library(error.description)
    }
  }

  /// Copies the root's elements over every rank's, which are as many. Collective.
  func broadcast(_ values: inout [Float]) throws(TrainingError) {
    guard !values.isEmpty else { return }
    do throws(MPIError) { try group?.broadcast(&values) } catch { throw .library(error.description) }
  }
}

// The gradients of a step.
extension TrainerPeers {
  /// From now on, a gradient's exchange starts when backward has completed it. Before the last backward pass
  /// of a step.
  func openExchange() {
    if let memory, memory.isImmediate { open(memory) }
  }

  /// Sums the gradients, and what the ranks report of the step, over the ranks. Collective.
  func exchange(_ mine: GradientExchange.Report) throws(TrainingError) -> GradientExchange.Report {
    guard let exchange, let memory else { return mine }
    try memory.fetch()
    if !isOpen { open(memory) }
    isOpen = false
    let report = try exchange.finish(mine)
    try memory.store()
    return report
  }

  private func open(_ memory: ExchangeMemory) {
    exchange?.begin(memory.values)
    isOpen = true
  }
}
