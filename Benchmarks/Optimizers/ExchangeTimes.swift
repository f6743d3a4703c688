import CMPI
import MPI
import Training

/// A step's gradients summed over the ranks: in buckets during backward, against one blocking call after it.
func printExchangeTimes(_ model: BenchmarkModel, on world: borrowing Communicator) throws {
  let exchange = try GradientExchange(on: world, layout: model.layout)
  let report = GradientExchange.Report(lossSum: 1, samples: 256, isInterrupted: false)
  let sinks = model.model.store.sinks
  var (bare, alone, compute, after, overlapped) = (Times(), Times(), Times(), Times(), Times())
  for _ in 0..<60 {
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
    try compute.add { try model.differentiate() }
    try world.barrier()
    try after.add {
      try model.differentiate()
      reduceAtOnce(model.gradients)
    }
    sinks.onComplete(exchange.complete)
    try world.barrier()
    try overlapped.add {
      exchange.begin(model.gradients)
      try model.differentiate()
      _ = try exchange.finish(report)
    }
    sinks.onComplete(nil)
  }
  guard world.isRoot else { return }
  let buckets = exchange.plan.buckets.map { "\($0.elements.count * MemoryLayout<Float>.stride)" }
  print("\(world.size) ranks, buckets of \(buckets.joined(separator: " and ")) bytes\n")
  printHeader("sum over ranks", relativeTo: "MPI_Allreduce's")
  printRow("MPI_Allreduce of all bytes", bare, relativeTo: bare)
  printRow("gradient exchange, nothing to overlap with", alone, relativeTo: bare)
  print("")
  printHeader("forward and backward", relativeTo: "no exchange's")
  printRow("no exchange", compute, relativeTo: compute)
  printRow("then MPI_Allreduce", after, relativeTo: compute)
  printRow("with the gradient exchange", overlapped, relativeTo: compute)
}

/// The library's own blocking call, which the MPI room does not offer because it knows no deadline.
private func reduceAtOnce(_ values: UnsafeMutableBufferPointer<Float>) {
  let code = MPI_Allreduce(
    cmpi_in_place(), values.baseAddress, CInt(values.count), cmpi_float().handle, cmpi_sum().handle,
    cmpi_comm_world().handle)
  precondition(code == MPI_SUCCESS, "MPI_Allreduce failed with code \(code)")
}
