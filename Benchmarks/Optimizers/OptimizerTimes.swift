import Glibc
import Training

/// A step of each optimizer: by the fused loops, and by libtorch's operators.
///
/// The limit is one pass: what every optimizer with this memory must read and write, at the rate at which
/// `memcpy` moves as many bytes to and fro within as much memory. LAMB needs a second pass, for its norms.
func printOptimizerTimes(_ model: BenchmarkModel) throws {
  let elements = model.layout.elements
  print("\(elements) parameters, loops for \(FusedLoops.fastest)\n")
  printHeader("optimizer step", relativeTo: "the fused loops'")
  for kind in OptimizerConfiguration.Kind.allCases {
    var configuration = OptimizerConfiguration()
    configuration.kind = kind
    let chain = configuration.transform(rate: .constant(1e-4), gradientClip: 1)
    let times = try measure(chain, model)
    printRow("\(kind), fused", times.fused, relativeTo: times.fused)
    printRow("\(kind), libtorch's operators", times.tensors, relativeTo: times.fused)
    printRow("\(kind), one pass at the rate of memcpy", times.pass, relativeTo: times.fused)
  }
}

private func measure(
  _ chain: Chain, _ model: BenchmarkModel
) throws -> (fused: Times, tensors: Times, pass: Times) {
  let (layout, store) = (model.layout, model.model.store)
  let gradients = (0..<layout.elements).map { Float(($0 * 37) % 101 - 50) / 5000 }
  var (fused, tensors, pass) = (Times(), Times(), Times())
  var optimizer = try Optimizer(chain, layout: layout)
  var onTensors = try Optimizer(chain, layout: layout, engine: .tensors(.cpu))
  // Parameters and gradients are read and written, and so is each block of memory.
  let remembered = optimizer.memoryNames.compactMap { optimizer.memoryBlock($0)?.count }
  let copies = CopiedArrays(elements: 2 * layout.elements + remembered.reduce(0, +))
  for _ in 0..<40 {
    _ = model.gradients.update(from: gradients)
    try fused.add { try optimizer.update(parameters: model.parameters, gradients: model.gradients) }
    _ = model.gradients.update(from: gradients)
    try tensors.add { try onTensors.update(parameters: store.parameters, gradients: store.gradients) }
    pass.add { copies.copy() }
  }
  return (fused, tensors, pass)
}

/// Memory of which each half is copied over the other: all of it is read once and written once, as in a pass
/// that changes arrays in place.
private final class CopiedArrays {
  private let first: UnsafeMutableRawPointer
  private let second: UnsafeMutableRawPointer
  private let half: Int

  init(elements: Int) {
    half = elements * MemoryLayout<Float>.stride / 2
    first = .allocate(byteCount: half, alignment: 64)
    second = .allocate(byteCount: half, alignment: 64)
    memset(first, 1, half)
    memset(second, 1, half)
  }

  func copy() {
    memcpy(second, first, half)
    memcpy(first, second, half)
  }

  deinit {
    first.deallocate()
    second.deallocate()
  }
}
