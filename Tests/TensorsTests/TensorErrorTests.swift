import Tensors
import Testing

/// Every failure is an error that names operator, shapes and remedy; none ends the process.
@Suite struct TensorErrorTests {
  static func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `shapes that don't fit name the operator, the shapes and the remedy`() throws {
    let a = try Tensor.zeros([2, 3])
    let b = try Tensor.zeros([4, 5])
    #expect(
      Self.message { _ = try a.matmul(b) }
        == "matmul of [2, 3] and [4, 5]: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5). "
        + "Make the last extent of the first equal the other's matching extent.")
    #expect(
      Self.message { _ = try a.adding(b) }
        == "adding of [2, 3] and [4, 5]: The size of tensor a (3) must match the size of tensor b (5) at non-singleton "
        + "dimension 1. Make the extents equal, or 1 where one is to be repeated.")
    #expect(
      Self.message { _ = try a.reshaped([4]) }
        == "reshaped of [2, 3]: shape '[4]' is invalid for input of size 6. "
        + "Choose a shape with the same number of elements.")
    #expect(
      Self.message { _ = try Tensor([1, 2, 3] as [Float], shape: [2, 2]) }
        == "init of [2, 2]: expected as many elements as the shape has, found 3. "
        + "Choose a shape whose extents multiply to 3.")
  }

  @Test func `the parts of an error are values`() throws {
    let a = try Tensor.zeros([2, 3])
    let error = try #require(throws: TensorError.self) { _ = try a.linear(Tensor.zeros([2, 2])) }
    #expect(error.operation == "linear")
    #expect(error.shapes == [[2, 3], [2, 2]])
    #expect(error.remedy == "Make the last extent of the first equal the other's matching extent.")
  }

  @Test func `other mistakes are errors too`() throws {
    let a = try Tensor.zeros([2, 3])
    let indices = try Tensor([7])
    #expect(
      Self.message { _ = try indices.embedded(a) }
        == "embedded of [1] and [2, 3]: index out of range in self. "
        + "Make every index at least 0 and below the number of rows.")
    #expect(
      Self.message { _ = try a.crossEntropy(Tensor([0, 3])) }
        == "crossEntropy of [2, 3] and [2]: Target 3 is out of bounds. "
        + "Make every class at least 0 and below the number of classes.")
    #expect(
      Self.message { _ = try a.scalars(Int32.self) }
        == "scalars of [2, 3]: expected int32 elements, found float32. Convert with `to(.int32)`.")
    #expect(
      Self.message { try a.sum().backward() }.hasPrefix(
        "backward of []: element 0 of tensors does not require grad"))
    #expect(Self.message { _ = try a.narrowed(1..<9, along: 0) }.hasPrefix("narrowed of [2, 3]: "))
    #expect(Self.message { _ = try a.split(into: 0, along: 0) }.hasPrefix("split of [2, 3]: "))
    #expect(Self.message { _ = try a.split(into: 5, along: 0) }.hasPrefix("split of [2, 3]: "))
    #expect(Self.message { _ = try a.transposed(0, 2) }.hasPrefix("transposed of [2, 3]: "))
    #expect(Self.message { _ = try Tensor.zeros([-1]) }.hasPrefix("zeros: "))
    #expect(Self.message { _ = try Tensor.zeros([1 << 40, 1 << 20]) }.hasPrefix("zeros: "))
    #expect(Self.message { _ = try Tensor.zeros([1 << 46]) }.hasPrefix("zeros: "))
    #expect(Self.message { _ = try a.item() }.hasPrefix("item of [2, 3]: "))
    #expect(
      Self.message { try a.copyInPlace(from: [1] as [Float]) }.hasPrefix("copyInPlace(from:) of [2, 3]: "))
    #expect(Self.message { _ = try Tensor.concatenated([], along: 0) }.hasPrefix("concatenated: "))
    #expect(
      Self.message { _ = try Tensor.full([], 1).layerNormalized(weight: a, bias: a) }.hasPrefix(
        "layerNormalized"))
    #expect(
      Self.message { try TensorRuntime.setThreads(0) }.hasPrefix(
        "setThreads: expected 1 to 4096 threads, found 0"))
  }

  @Test(arguments: [("cpu", Device.cpu), ("cuda", .cuda(0)), ("cuda:3", .cuda(3))])
  func `devices are read and written`(text: String, device: Device) throws {
    #expect(try Device(parsing: text) == device)
    #expect(try Device(parsing: "\(device)") == device)
  }

  @Test(arguments: ["", "gpu", "cpu:0", "cuda:", "cuda:-1", "cuda:x", "cuda:1:2"])
  func `misspelt devices are refused`(text: String) {
    #expect(
      Self.message { _ = try Device(parsing: text) }
        == "Device(parsing:): expected cpu, cuda or cuda:N, found '\(text)'. "
        + "Write cpu, cuda, or cuda: and the number of the GPU.")
  }

  @Test func `a GPU that isn't there is refused`() throws {
    let count = try Device.cudaDeviceCount()
    #expect(throws: TensorError.self) { try Device.cuda(count).requireAvailable() }
    #expect(throws: TensorError.self) { _ = try Tensor.zeros([1], on: .cuda(count)) }
    try Device.cpu.requireAvailable()
    try Device.cpu.synchronize()
  }
}
