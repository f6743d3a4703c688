/// An array of 32-bit floats, zero at first, that starts on a cache line and never moves. Its owner alone
/// writes to it.
final class AlignedBlock {
  let values: UnsafeMutableBufferPointer<Float>

  init(elements: Int) {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(elements, 1) * MemoryLayout<Float>.stride, alignment: 64)
    values = UnsafeMutableBufferPointer(
      start: bytes.bindMemory(to: Float.self, capacity: elements), count: elements)
    values.initialize(repeating: 0)
  }

  deinit { UnsafeMutableRawPointer(values.baseAddress!).deallocate() }
}
