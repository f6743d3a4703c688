import Tensors
import Testing

@Suite struct TensorTests {
  @Test func `a tensor describes itself`() throws {
    let tensor = try Tensor.zeros([2, 3], .int32)
    #expect("\(tensor)" == "int32 [2, 3] on cpu")
    #expect(tensor.count == 6)
    #expect(try Tensor.full([], 2.5).shape == [])
    #expect(try Tensor.full([], 2.5, .float64).item() == 2.5)
  }

  @Test func `scalars of every type survive a round trip`() throws {
    func roundTrip<Scalar: TensorScalar & Equatable>(_ scalars: [Scalar]) throws {
      let tensor = try Tensor(scalars, shape: [1, scalars.count])
      #expect(tensor.scalarType == Scalar.scalarType)
      #expect(try tensor.scalars() == scalars)
    }
    try roundTrip([1.5 as Float, -0.0, .infinity])
    try roundTrip([1.5, .leastNonzeroMagnitude])
    try roundTrip([Int64.min, 3])
    try roundTrip([Int.max, -1])
    try roundTrip([Int32.min, 3])
    try roundTrip([0 as UInt8, 255])
    try roundTrip([true, false])
    try roundTrip([Float]())
  }

  @Test func `views share memory, copies don't`() throws {
    let tensor = try Tensor((0..<12).map(Float.init), shape: [3, 4])
    let column = try tensor.narrowed(1..<2, along: 1)
    let copy = try column.copied()
    try column.fillInPlace(-1)
    #expect(try tensor.scalars() == [0, -1, 2, 3, 4, -1, 6, 7, 8, -1, 10, 11] as [Float])
    #expect(try copy.scalars() == [1, 5, 9] as [Float])
    #expect(!column.isContiguous)
    #expect(try column.contiguous().isContiguous)
  }

  @Test func `memory of the caller is viewed in place`() throws {
    let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
    defer { memory.deallocate() }
    _ = memory.initialize(from: [1, 2, 3, 4])
    let tensor = try Tensor(over: memory, shape: [2, 2])
    try tensor.multiplyInPlace(by: 2)
    #expect(Array(memory) == [2, 4, 6, 8])
    memory[3] = 9
    #expect(try tensor.sum().item() == 21)
    #expect(tensor.elements(Float.self).baseAddress == memory.baseAddress)
  }

  @Test func `shapes are rearranged`() throws {
    let tensor = try Tensor((0..<6).map(Float.init), shape: [2, 3])
    #expect(try tensor.transposed(0, 1).scalars() == [0, 3, 1, 4, 2, 5] as [Float])
    #expect(try tensor.reshaped([3, -1]).shape == [3, 2])
    #expect(try tensor.reshaped([1, 2, 3]).permuted([2, 0, 1]).shape == [3, 1, 2])
    #expect(try tensor.selected(1, along: 0).scalars() == [3, 4, 5] as [Float])
    #expect(try tensor.strided(by: 2, along: 1).scalars() == [0, 2, 3, 5] as [Float])
    #expect(try tensor.padded([1, 0]).scalars() == [0, 0, 1, 2, 0, 3, 4, 5] as [Float])
    #expect(try tensor.reshaped([2, 3, 1]).expanded([2, 3, 2]).flattened(from: 1).shape == [2, 6])
    #expect(try Tensor.concatenated([tensor, tensor], along: 0).shape == [4, 3])
    #expect(
      try tensor.split(into: 3, along: 1).map { try $0.scalars() } == [[0, 3], [1, 4], [2, 5]] as [[Float]])
    #expect(try tensor.gathered(Tensor([1, 0]), along: 0).scalars() == [3, 4, 5, 0, 1, 2] as [Float])
    #expect(try Tensor([1, 0]).embedded(tensor).scalars() == [3, 4, 5, 0, 1, 2] as [Float])
    #expect(try tensor.reshaped([1, 2, 3, 1]).channelsLast().scalars() == (0..<6).map(Float.init))
    #expect(try Tensor.range(3).scalars() == [0, 1, 2])
    #expect(try tensor.to(.int64).scalars() == [0, 1, 2, 3, 4, 5])
    #expect(try tensor.to(.cpu).sum().item() == 15)
  }

  @Test func `reductions and comparisons`() throws {
    let tensor = try Tensor([3, -4, 0, 1] as [Float], shape: [2, 2])
    #expect(try tensor.norm().item() == Double(Float(26).squareRoot()))
    #expect(try Tensor.norms([tensor, tensor.narrowed(0..<1, along: 0)]).scalars()[1] == 5 as Float)
    #expect(try tensor.argmax(along: 1).scalars() == [0, 1])
    #expect(try tensor.equal(to: tensor.absolute()).scalars() == [true, false, true, true])
    #expect(try tensor.equal(to: tensor.absolute()).sum().item() == 3)
    #expect(try tensor.mean().item() == 0)
    #expect(try tensor.negated().squared().scalars() == [9, 16, 0, 1] as [Float])
    #expect(try Tensor([1, .nan, .infinity] as [Float]).isFinite().scalars() == [true, false, false])
  }

  @Test func `in-place operators do what their formulas say`() throws {
    let tensor = try Tensor([1, 2] as [Float])
    let a = try Tensor([3, 4] as [Float])
    let b = try Tensor([2, 8] as [Float])
    func after(_ change: (Tensor) throws -> Void) throws -> [Float] {
      let copy = try tensor.copied()
      try change(copy)
      return try copy.scalars()
    }
    #expect(try after { try $0.addInPlace(a, scale: 2) } == [7, 10])
    #expect(try after { try $0.addInPlace(0.5) } == [1.5, 2.5])
    #expect(try after { try $0.multiplyInPlace(by: a) } == [3, 8])
    #expect(try after { try $0.multiplyInPlace(by: -1) } == [-1, -2])
    #expect(try after { try $0.addProductInPlace(a, b, scale: 0.5) } == [4, 18])
    #expect(try after { try $0.addQuotientInPlace(a, b, scale: 2) } == [4, 3])
    #expect(try after { try $0.interpolateInPlace(to: a, weight: 0.5) } == [2, 3])
    #expect(try after { try $0.copyInPlace(from: b.to(.float64)) } == [2, 8])
    #expect(try after { try $0.copyInPlace(from: [5, 6] as [Float]) } == [5, 6])
    #expect(
      try after {
        try $0.addInPlace(a, scale: -1)
        try $0.reluInPlace()
      } == [0, 0])
    #expect(
      try after {
        try $0.copyInPlace(from: [-4, 2] as [Float])
        try $0.clampInPlace(magnitude: 3)
      } == [-3, 2])
    #expect(
      try after {
        try $0.copyInPlace(from: [4, 9] as [Float])
        try $0.squareRootInPlace()
      } == [2, 3])
  }

  @Test func `the threads of an operator are set and read back`() throws {
    try TensorRuntime.setThreads(1)
    #expect(TensorRuntime.threads == 1)
    #expect(TensorRuntime.version.hasPrefix("2.") || TensorRuntime.version.hasPrefix("1."))
  }
}
