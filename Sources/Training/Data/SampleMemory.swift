/// Read-only memory of a data set, written once and then shared by all who hold it.
final class SampleMemory<Scalar: BitwiseCopyable>: Sendable {
  private nonisolated(unsafe) let base: UnsafePointer<Scalar>
  let count: Int
  private let release: @Sendable () -> Void

  /// Memory of this process. `fill` writes every scalar; the memory starts uninitialized.
  init<Failure: Error>(
    count: Int, fill: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Void
  ) throws(Failure) {
    let buffer = UnsafeMutableBufferPointer<Scalar>.allocate(capacity: max(1, count))
    let address = Int(bitPattern: buffer.baseAddress)
    release = { UnsafeMutablePointer<Scalar>(bitPattern: address)?.deallocate() }
    base = UnsafePointer(buffer.baseAddress!)
    self.count = count
    try fill(UnsafeMutableBufferPointer(start: buffer.baseAddress, count: count))
  }

  convenience init(_ scalars: [Scalar]) {
    self.init(count: scalars.count) { _ = $0.initialize(from: scalars) }
  }

  deinit { release() }

  /// Lends the memory to `body`, which must not keep it: a temporary owner is gone right after.
  func withScalars<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeBufferPointer(start: base, count: count))
  }
}
