internal import CLibtorch
internal import CTorch

/// The library of tensors as a whole.
public enum TensorRuntime {
  /// Loads libtorch, which costs a quarter of a second of processor time, once. What comes first in a process that
  /// computes does it by itself: setting threads, counting GPUs, reading a module. Any other call does too, and can only
  /// end the process where libtorch is missing.
  public static func load() throws(TensorError) {
    guard let failure = libtorch_load()?.pointee else { return }
    let (expected, found) = (String(cString: failure.expected), String(cString: failure.found))
    throw TensorError(
      operation: "load", shapes: [], message: "expected \(expected), found: \(found)",
      remedy: String(cString: failure.remedy), cause: .library(expected: expected, found: found))
  }

  /// The version of libtorch, such as `2.13.0`.
  public static var version: String { String(cString: ctorch_version()) }

  /// The threads that one operator uses.
  public static var threads: Int { Int(ctorch_threads()) }

  /// Sets the threads that one operator uses; with 1, equal computations are equal bit for bit.
  public static func setThreads(_ count: Int) throws(TensorError) {
    guard count >= 1, count <= 4096 else {
      throw TensorError(
        operation: "setThreads", shapes: [], message: "expected 1 to 4096 threads, found \(count)",
        remedy: "Give each rank the cores it may use, divided by the ranks that share them.")
    }
    try load()
    try checked("setThreads", ctorch_set_threads(Int32(count)))
  }

  /// How GPUs compute from now on; on the CPU nothing changes.
  ///
  /// - Parameters:
  ///   - usesTF32: whether matrix products and convolutions may round their inputs to TF32.
  ///   - isDeterministic: whether an operator fails that has no algorithm that gives the same bits every time. To be
  ///     said before the first product on a GPU.
  public static func setArithmetic(usesTF32: Bool, isDeterministic: Bool) throws(TensorError) {
    try checked("setArithmetic", ctorch_set_arithmetic(usesTF32, isDeterministic))
  }

  /// Keeps the memory of freed tensors for the next step, instead of giving it back to the system, which
  /// costs a page fault for every 4 KiB the next time. The process stays as large as it once was. Once,
  /// before training.
  public static func keepFreedMemory() {
    ctorch_keep_freed_memory()
  }

  /// Gives the memory that was kept so far back to the system: before the question what is free.
  public static func releaseFreedMemory() {
    ctorch_release_freed_memory()
  }
}
