import Dispatch
import Synchronization

/// Saves a population on a thread of its own, so that rank 0 goes on to answer groups.
final class PopulationSaving {
  private let write: @Sendable (Population) throws(TunerError) -> Void
  private let results = ResultBox()

  init(_ write: @escaping @Sendable (Population) throws(TunerError) -> Void) { self.write = write }

  func start(_ population: Population) {
    let (write, results) = (self.write, self.results)
    DispatchQueue.global().async {
      do throws(TunerError) {
        try write(population)
        results.put(.success(population.generation))
      } catch {
        results.put(.failure(error))
      }
    }
  }

  /// The event of a population that has become durable since the last call.
  func event() throws(TunerError) -> Event? {
    guard let result = results.take() else { return nil }
    return .populationSaved(generation: try result.get())
  }

  private final class ResultBox: Sendable {
    private let results = Mutex<[Result<Int, TunerError>]>([])

    func put(_ result: Result<Int, TunerError>) { results.withLock { $0.append(result) } }
    func take() -> Result<Int, TunerError>? { results.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
  }
}
