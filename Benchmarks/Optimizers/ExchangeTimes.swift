import CMPI
import MPI
import Training

/// A step's gradients summed over the ranks: all at once, in buckets after backward, and in buckets during it.
///
/// What is hidden is what is no longer to be done once backward has ended on all ranks: the ranks meet there before the
/// rest is timed, for else a rank would wait for the other's backward, not for the exchange.
func printExchangeTimes(_ model: BenchmarkModel, on world: borrowing Communicator) throws {
  let exchange = try GradientExchange(on: world, layout: model.layout)
  let report = GradientExchange.Report(lossSum: 1, samples: 256, isInterrupted: false)
  let sinks = model.model.store.sinks
  var (bare, alone, compute, rest) = (Times(), Times(), Times(), Times())
  for _ in 0..<20 {
    // Zeros, so that repeated sums do not overflow.
    model.gradients.update(repeating: 0)
    try world.barrier()
    bare.add { reduceAtOnce(model.gradients) }
    try world.barrier()
    try alone.add {
      exchange.begin(model.gradients)
      for parameter in model.layout.segments.indices.reversed() { exchange.complete(parameter) }
      _ = try exchange.finish(report)
    }
    try world.barrier()
    sinks.onComplete(exchange.complete)
    try compute.add {
      exchange.begin(model.gradients)
      try model.differentiate()
    }
    sinks.onComplete(nil)
    try world.barrier()
    try rest.add { _ = try exchange.finish(report) }
  }
  guard world.isRoot else { return }
  let sizes = exchange.plan.buckets.map { "\($0.elements.count * MemoryLayout<Float>.stride / 1024)" }
  print("\n\(model.name), \(world.size) ranks, buckets of \(sizes.joined(separator: ", ")) KiB\n")
  printHeader("sum over ranks", relativeTo: "the exchange's")
  printRow("gradient exchange, nothing to overlap with", alone, relativeTo: alone)
  printRow("MPI_Allreduce of all bytes", bare, relativeTo: alone)
  printRow("left of the exchange after backward", rest, relativeTo: alone)
  printRow("forward and backward", compute, relativeTo: alone)
  print("\nhidden: \(Int(((1 - rest.median / alone.median) * 100).rounded())) %")
}

/// The library's own blocking call, which the MPI room does not offer because it knows no deadline.
private func reduceAtOnce(_ values: UnsafeMutableBufferPointer<Float>) {
  let code = MPI_Allreduce(
    cmpi_in_place(), values.baseAddress, CInt(values.count), cmpi_float().handle, cmpi_sum().handle,
    cmpi_comm_world().handle)
  precondition(code == MPI_SUCCESS, "MPI_Allreduce failed with code \(code)")
}
