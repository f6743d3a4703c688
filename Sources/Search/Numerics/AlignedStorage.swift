/// A block of `Double`s that begins at a multiple of 64 bytes.
///
/// Vectorized BLAS may add in another order when data are aligned otherwise, and Swift's arrays begin where
/// they happen to; a sampler must give the same answer on every run. Not zeroed.
///
/// `@unchecked Sendable` because its owners are values that write only while they are its sole owner.
final class AlignedStorage: @unchecked Sendable {
  let capacity: Int
  let start: UnsafeMutablePointer<Double>

  init(capacity: Int) {
    self.capacity = capacity
    let bytes = max(capacity, 1) * MemoryLayout<Double>.stride
    start = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Double.self, capacity: max(capacity, 1))
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }
}
