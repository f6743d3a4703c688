import Glibc

/// An array that starts on a cache line and never moves. Its owner alone writes to it.
///
/// Its making can fail: where there is no memory, a trial fails. `UnsafeMutablePointer.allocate` and the
/// growth of an `Array` would end the process, and every trial of all others with it.
final class AlignedBlock<Scalar: BitwiseCopyable & Numeric> {
  let values: UnsafeMutableBufferPointer<Scalar>

  /// All zero.
  ///
  /// - Parameter purpose: what errors call it, such as `the optimizer's memory`.
  /// - Throws: `TrainingError.memory` when there is no room for it.
  convenience init(elements: Int, for purpose: String) throws(TrainingError) {
    try self.init(uninitialized: elements, for: purpose)
    values.initialize(repeating: 0)
  }

  /// As above; whoever asks writes every element before it is read.
  init(uninitialized elements: Int, for purpose: String) throws(TrainingError) {
    let (bytes, overflow) = max(elements, 1).multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    try MemoryDemand(bytes: overflow ? .max : bytes, purpose: purpose).require()
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, 64, bytes) == 0, let memory else {
      throw MemoryDemand(bytes: bytes, purpose: purpose).failure()
    }
    values = UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: Scalar.self, capacity: elements), count: elements)
  }

  deinit { free(values.baseAddress) }
}
