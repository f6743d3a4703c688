import Dispatch

/// The training samples of data that are read on demand, in the order of the stream: two windows are held, and a thread
/// reads the next one meanwhile. Not for use on several threads.
final class SampleWindows {
  private let order: BlockOrder
  private let file: SampleFile
  private let standardization: Standardization
  /// The train split.
  private let samples: [Int32]
  private let queue = DispatchQueue(label: "samples")
  /// The one that was used last comes last.
  private var held: [Loading] = []
  private var next: Loading?
  private let mostHeld = 2
  /// The window that was asked about last.
  private var known: BlockOrder.Window?
  /// Memory of a window that is no longer held.
  private var free: AlignedBlock<Float>?

  /// Nil for data in memory.
  convenience init?(_ data: TrainingData, seed: UInt64, windowBytes: Int = BlockOrder.windowBytes) {
    guard case .labelled(.file(let file), _, _, let split) = data.content,
      let standardization = data.standardization
    else { return nil }
    self.init(
      file, standardization, train: split.train,
      BlockOrder(count: split.train.count, size: file.size, seed: seed, windowBytes: windowBytes))
  }

  private init(
    _ file: SampleFile, _ standardization: Standardization, train samples: [Int32], _ order: BlockOrder
  ) {
    (self.file, self.standardization, self.samples, self.order) = (file, standardization, samples, order)
  }

  /// A window while it is read, and after.
  private final class Loading: @unchecked Sendable {
    let window: BlockOrder.Window
    let block: AlignedBlock<Float>
    // Written by the thread that reads, and read by the one that has waited for it.
    private var failure: TrainingError?
    private let isDone = DispatchSemaphore(value: 0)
    private var hasWaited = false

    init(_ window: BlockOrder.Window, _ block: AlignedBlock<Float>) {
      (self.window, self.block) = (window, block)
    }

    func load(_ file: SampleFile, _ standardization: Standardization, _ samples: [Int32]) {
      defer { isDone.signal() }
      var start = 0
      do throws(TrainingError) {
        for range in window.ranges {
          let end = start + range.count * file.size
          let values = UnsafeMutableBufferPointer(rebasing: block.values[start..<end])
          try file.read(samples[range], into: values)
          standardization.apply(to: values, shape: file.shape)
          start = end
        }
      } catch { failure = error }
    }

    /// Waits until nothing is written any more.
    func finish() {
      if !hasWaited { isDone.wait() }
      hasWaited = true
    }

    /// As above.
    ///
    /// - Throws: what failed.
    func wait() throws(TrainingError) {
      finish()
      if let failure { throw failure }
    }
  }

  /// Waits for the thread, which writes into memory that goes.
  deinit { next?.finish() }

  /// Fills in the samples at these positions of the stream.
  func fill(_ buffer: BatchBuffer, _ positions: [Int]) throws(TrainingError) {
    for (row, position) in positions.enumerated() {
      let loading = try loading(of: position)
      let place = Int(loading.window.rows[position - loading.window.positions.lowerBound])
      buffer.take(
        loading.block.values.baseAddress! + place * file.size,
        of: Int(samples[loading.window.place(at: position)]), size: file.size, as: row)
    }
  }

  /// The places in the train split of the samples at these positions; nothing is read.
  func places(at positions: [Int]) -> [Int] {
    positions.map { position in
      let window =
        if let known, known.positions.contains(position) { known } else { order.window(at: position) }
      known = window
      return window.place(at: position)
    }
  }

  private func loading(of position: Int) throws(TrainingError) -> Loading {
    if let found = held.last(where: { $0.window.positions.contains(position) }) { return found }
    let loading: Loading
    if let next, next.window.positions.contains(position) {
      loading = next
      self.next = nil
    } else {
      loading = try begin(at: position)
    }
    // Kept whatever became of it: what is asked for again fails again.
    held.append(loading)
    if held.count > mostHeld { free = held.removeFirst().block }
    try loading.wait()
    let end = loading.window.positions.upperBound
    if !held.contains(where: { $0.window.positions.contains(end) }) { try readAhead(to: end) }
    return loading
  }

  private func readAhead(to position: Int) throws(TrainingError) {
    if let next {
      if next.window.positions.contains(position) { return }
      // A trial that went on from another state is somewhere else.
      next.finish()
      free = next.block
      self.next = nil
    }
    next = try begin(at: position)
  }

  private func begin(at position: Int) throws(TrainingError) -> Loading {
    let block =
      if let free { free } else {
        try AlignedBlock<Float>(uninitialized: order.mostSamples * file.size, for: "samples that are read")
      }
    free = nil
    let loading = Loading(order.window(at: position), block)
    let (file, standardization, samples) = (file, standardization, samples)
    queue.async { loading.load(file, standardization, samples) }
    return loading
  }
}
