import Randomness

/// The order of samples that are read on demand: random, but such that few long reads fetch them.
///
/// The train split is cut into blocks of neighbours. In each epoch the blocks are shuffled; so many of them in a row
/// are a window, and the samples of a window are shuffled. No order of all samples is ever held. Source: Xu, Qiu,
/// Jiang et al., "In-database machine learning with CorgiPile: Stochastic gradient descent without full data shuffle",
/// SIGMOD 2022, Algorithm 1, with blocks drawn without replacement.
struct BlockOrder: Sendable {
  /// Samples of the train split.
  let count: Int
  let seed: UInt64
  /// A window's, at most; the last one may have fewer.
  private let blocksPerWindow: Int
  private let blocks: Int

  /// Of a window's samples.
  static let windowBytes = 1 << 26

  /// The order depends on the data alone, and not on the machine.
  ///
  /// - Parameters:
  ///   - size: numbers of a sample.
  ///   - windowBytes: another number of them is for tests.
  init(count: Int, size: Int, seed: UInt64, windowBytes: Int = windowBytes) {
    (self.count, self.seed) = (count, seed)
    let samples = max(1, windowBytes / (size * MemoryLayout<Float>.stride))
    blocksPerWindow = min(16, samples)
    let block = max(1, samples / blocksPerWindow)
    blocks = (count + block - 1) / block
  }

  /// Windows of an epoch.
  var windows: Int { (blocks + blocksPerWindow - 1) / blocksPerWindow }

  /// Samples that any window has at most.
  var mostSamples: Int { min(count, blocksPerWindow * ((count + blocks - 1) / blocks)) }

  /// The places of a block in the train split: blocks differ by one sample at most.
  private func places(ofBlock block: Int) -> Range<Int> {
    count * block / blocks..<count * (block + 1) / blocks
  }

  /// The blocks of an epoch, in its order.
  private func order(ofEpoch epoch: Int) -> [Int32] {
    (0..<Int32(blocks)).map { $0 }.shuffled(by: CounterGenerator(seed: seed, purpose: .shuffle, index: epoch))
  }

  /// The window that has this position of the stream.
  func window(at position: Int) -> Window {
    let (epoch, offset) = position.quotientAndRemainder(dividingBy: count)
    let order = order(ofEpoch: epoch)
    var start = 0
    for number in 0..<windows {
      let own = order[number * blocksPerWindow..<min((number + 1) * blocksPerWindow, blocks)]
      let ranges = own.map { places(ofBlock: Int($0)) }.sorted { $0.lowerBound < $1.lowerBound }
      let samples = ranges.reduce(0) { $0 + $1.count }
      if offset < start + samples {
        let draws = CounterGenerator(
          seed: seed, purpose: .shuffle, index: epoch, position: UInt64(number + 1) << 32)
        return Window(
          positions: epoch * count + start..<epoch * count + start + samples, ranges: ranges,
          rows: (0..<Int32(samples)).map { $0 }.shuffled(by: draws))
      }
      start += samples
    }
    preconditionFailure("an epoch has windows for all of its positions")
  }

  /// So many blocks, and the order of their samples.
  struct Window: Sendable {
    /// Of the stream.
    let positions: Range<Int>
    /// Places in the train split, ascending.
    let ranges: [Range<Int>]
    /// Of each position, the number of its sample within `ranges`.
    let rows: [Int32]

    /// The place in the train split of the sample at a position.
    func place(at position: Int) -> Int {
      var row = Int(rows[position - positions.lowerBound])
      for range in ranges {
        if row < range.count { return range.lowerBound + row }
        row -= range.count
      }
      preconditionFailure("a window has ranges for all of its rows")
    }
  }
}
