internal import CTorch

/// Runs `body` while libtorch's generator, which operators such as dropout draw from and which is the
/// process', goes on from a seed. Another thread that calls this waits meanwhile.
///
/// - Parameter seed: nil for a body that draws nothing, which neither starts the generator nor waits.
public func drawing<Result>(
  from seed: UInt64?, _ body: () throws(TensorError) -> Result
) throws(TensorError) -> Result {
  guard let seed else { return try body() }
  try checked("drawing", ctorch_generator_begin(seed))
  defer { ctorch_generator_end() }
  return try body()
}
