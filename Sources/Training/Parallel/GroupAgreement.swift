import Foundation
import MPI

extension Communicator {
  /// Goes on only if all ranks can: a rank that failed alone would leave the others waiting in the next
  /// collective. Collective.
  ///
  /// - Parameter failure: why this rank cannot go on; nil when it can.
  /// - Throws: on every rank the error of the first rank that failed.
  borrowing func agree(_ failure: TrainingError?) throws(TrainingError) {
    if size == 1 {
      if let failure { throw failure }
      return
    }
    do {
      let words = try failure.map { [UInt8](try JSONEncoder().encode($0)) }
      guard let failed = try firstFailure(words) else { return }
      throw try JSONDecoder().decode(TrainingError.self, from: Data(failed.words))
    } catch let error as TrainingError {
      throw error
    } catch let error as MPIError {
      throw TrainingError(error)
    } catch {
      throw .library("\(error)")
    }
  }

  /// Does something that may fail on some ranks alone, and goes on only if all could. Collective.
  borrowing func together<Result: ~Copyable>(
    _ body: () throws(TrainingError) -> Result
  ) throws(TrainingError) -> Result {
    let result: Result
    do throws(TrainingError) {
      result = try body()
    } catch {
      try agree(error)
      throw error
    }
    try agree(nil)
    return result
  }
}
