/// The steps of an all-reduce, as ranges of elements and ranks: arithmetic alone. See `AllReduceExchange`.
struct ReductionPlan {
  typealias Step = AllReduceExchange.Step

  let rank: Int
  let size: Int
  let count: Int
  let isShort: Bool
  /// Elements of a slab of the long form, a chunk for each rank in it.
  private let slab: Int
  /// The largest power of 2 up to `size`, and how many ranks are left over.
  private let core: Int
  private let extra: Int
  private let rounds: Int
  let stepCount: Int

  init(rank: Int, size: Int, count: Int, isShort: Bool, slab: Int) {
    self.rank = rank
    self.size = size
    self.count = count
    self.isShort = isShort
    self.slab = max(slab, size)
    rounds = Int.bitWidth - 1 - size.leadingZeroBitCount
    core = 1 << rounds
    extra = size - core
    stepCount = isShort ? rounds + 2 : (count + self.slab - 1) / self.slab * 2 * (size - 1)
  }

  /// Elements of the longest piece that is combined.
  var longestPiece: Int { isShort ? count : (min(slab, count) + size - 1) / size }

  func step(_ index: Int) -> Step { isShort ? shortStep(index) : longStep(index) }

  // MARK: Short: recursive doubling

  private func shortStep(_ index: Int) -> Step {
    let all = 0..<count
    if index == 0 { return pairingStep(all) }
    let isPaired = rank < 2 * extra
    if index == rounds + 1 {
      guard isPaired else { return Step() }
      return rank.isMultiple(of: 2) ? Step(receive: (all, rank + 1)) : Step(send: (all, rank - 1))
    }
    if isPaired, rank.isMultiple(of: 2) { return Step() }
    let place = isPaired ? rank / 2 : rank - extra
    let partner = place ^ (1 << (index - 1))
    let other = partner < extra ? 2 * partner + 1 : partner + extra
    return Step(send: (all, other), receive: (all, other), combines: true)
  }

  private func pairingStep(_ all: Range<Int>) -> Step {
    guard rank < 2 * extra else { return Step() }
    return rank.isMultiple(of: 2)
      ? Step(send: (all, rank + 1)) : Step(receive: (all, rank - 1), combines: true)
  }

  // MARK: Long: ring

  private func longStep(_ index: Int) -> Step {
    let perSlab = 2 * (size - 1)
    let (slabIndex, stage) = index.quotientAndRemainder(dividingBy: perSlab)
    let (start, end) = (slabIndex * slab, min((slabIndex + 1) * slab, count))
    func chunk(_ number: Int) -> Range<Int> {
      let place = ((number % size) + size) % size
      return start + (end - start) * place / size..<start + (end - start) * (place + 1) / size
    }
    let (next, previous) = ((rank + 1) % size, (rank + size - 1) % size)
    // First each chunk goes once round and grows; then the finished ones go round. Rank r ends the first half
    // with chunk r + 1 complete.
    let combines = stage < size - 1
    let shift = combines ? stage : stage - (size - 1) - 1
    return Step(
      send: (chunk(rank - shift), next), receive: (chunk(rank - shift - 1), previous), combines: combines)
  }
}
