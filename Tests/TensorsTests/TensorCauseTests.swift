import Tensors
import Testing

/// Whose fault a failure is.
@Suite struct TensorCauseTests {
  @Test(arguments: [[1 << 45], [1 << 24, 1 << 24]])
  func `memory that cannot be had is memory's`(shape: [Int]) throws {
    let error = try #require(throws: TensorError.self) { _ = try Tensor.zeros(shape) }
    #expect(error.cause == .memory)
  }

  @Test func `a device that is not there is the device's, an operator's arguments are its own`() throws {
    if try Device.cudaDeviceCount() == 0 {
      let absent = try #require(throws: TensorError.self) { _ = try Tensor.zeros([1], on: .cuda(0)) }
      #expect(absent.cause == .device, "\(absent)")
      let unseen = try #require(throws: TensorError.self) { try Device.cuda(3).requireAvailable() }
      #expect(unseen.cause == .device)
    }
    let error = try #require(throws: TensorError.self) {
      _ = try Tensor.zeros([2, 3]).matmul(.zeros([2, 3]))
    }
    #expect(error.cause == .operation)
  }
}
