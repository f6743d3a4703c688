import MPI

/// The ranks that train together, as one of them sees them. Its end frees the communicators.
final class TrainerPeers {
  let rank: Int
  let ranks: Int
  /// Nil for a rank alone.
  let exchange: GradientExchange?
  private let group: Communicator?

  /// One rank alone, without MPI.
  init() {
    (rank, ranks) = (0, 1)
    exchange = nil
    group = nil
  }

  /// Collective over `group`, of which it makes duplicates, so that its messages meet no others.
  init(_ group: borrowing Communicator, layout: ParameterLayout) throws(TrainingError) {
    rank = group.rank.rawValue
    ranks = group.size
    if group.size > 1 {
      exchange = try GradientExchange(on: group, layout: layout, patience: group.patience)
      do throws(MPIError) {
        self.group = try group.duplicate(named: "\(group.name), training")
      } catch {
        throw .library(error.description)
      }
    } else {
      exchange = nil
      self.group = nil
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

  /// Copies the root's elements into every rank's buffer. Collective.
  func broadcast(_ values: UnsafeMutableBufferPointer<Float>) throws(TrainingError) {
    guard !values.isEmpty else { return }
    do throws(MPIError) { try group?.broadcast(values) } catch { throw .library(error.description) }
  }
}
