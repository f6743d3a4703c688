import Foundation
import Tensors
import Testing

@Suite struct AutogradTests {
  @Test func `gradients add up until they are forgotten`() throws {
    let x = try Tensor([2, 3] as [Float])
    try x.requireGradient()
    #expect(try x.gradient() == nil)
    for expected in [[4, 6], [8, 12]] as [[Float]] {
      try x.squared().sum().backward()
      #expect(try x.gradient()?.scalars() == expected)
    }
    try x.setGradient(nil)
    #expect(try x.gradient() == nil)
    try x.setGradient(Tensor([1, 1] as [Float]))
    try x.squared().sum().backward()
    #expect(try x.gradient()?.scalars() == [5, 7] as [Float])
  }

  @Test func `nothing is recorded without gradients, and recording goes on after an error`() throws {
    let x = try Tensor([2] as [Float])
    try x.requireGradient()
    #expect(try !withoutGradients { () throws(TensorError) in try x.squared() }.requiresGradient)
    #expect(throws: TensorError.self) {
      try withoutGradients { () throws(TensorError) in _ = try x.reshaped([7]) }
    }
    #expect(try x.squared().requiresGradient)
    #expect(try !x.detached().requiresGradient)
  }

  @Test func `sinks hold what gradients would have held, and tell in the order of backward`() throws {
    func leaf(_ shape: [Int], _ offset: Int) throws -> Tensor {
      let leaf = try OperatorsGoldenTests.pattern(shape, offset)
      try leaf.requireGradient()
      return leaf
    }
    func leaves() throws -> [Tensor] {
      try [leaf([4, 3], 1), leaf([4], 20), leaf([2, 4], 40), leaf([2], 60)]
    }
    func loss(_ leaves: [Tensor]) throws -> Tensor {
      let x = try OperatorsGoldenTests.pattern([2, 5, 3], 90)
      return try x.linear(leaves[0], bias: leaves[1]).tanh().linear(leaves[2]).adding(leaves[3]).squared()
        .sum()
    }
    let plain = try leaves()
    try loss(plain).backward()
    let expected: [[Float]] = try plain.map { try #require(try $0.gradient()).scalars() }

    let attached = try leaves()
    let flat = try Tensor.full([64], 7)
    let sinks = try GradientSinks()
    for (number, leaf) in attached.enumerated() {
      let view = try flat.narrowed(16 * number..<16 * number + leaf.count, along: 0).reshaped(leaf.shape)
      try sinks.attach(leaf, to: view, number: number)
    }
    var told: [Int] = []
    sinks.onComplete { told.append($0) }
    func gathered() throws -> [[Float]] {
      let all: [Float] = try flat.scalars()
      return attached.enumerated().map { Array(all[16 * $0..<16 * $0 + $1.count]) }
    }
    // The old values are overwritten, and an accumulating pass adds.
    try loss(attached).backward()
    for (found, expected) in zip(try gathered(), expected) { expectClose(found, expected) }
    #expect(told == [3, 2, 1, 0])
    sinks.isAccumulating = true
    try loss(attached).backward()
    for (found, expected) in zip(try gathered(), expected) { expectClose(found, expected.map { 2 * $0 }) }
    #expect(try attached.allSatisfy { try $0.gradient() == nil })
    #expect(try flat.narrowed(12..<16, along: 0).scalars() == [7, 7, 7, 7] as [Float])
    sinks.onComplete(nil)
    try loss(attached).backward()
    #expect(told.count == 8)
  }

  /// Large enough for the product that AMD's processors get from another library.
  @Test func `large linear layers agree with small products`() throws {
    let (rows, inputs, outputs) = (130, 300, 260)
    let leaves = try [
      OperatorsGoldenTests.pattern([outputs, inputs], 1), OperatorsGoldenTests.pattern([outputs], 2),
    ]
    let x = try OperatorsGoldenTests.pattern([2, rows / 2, inputs], 3)
    for leaf in leaves { try leaf.requireGradient() }
    try x.requireGradient()
    // Recorded without sinks: libtorch's own linear layer.
    let expected = try x.linear(leaves[0], bias: leaves[1])
    try expected.squared().sum().backward()
    let plain: [[Float]] = try (leaves + [x]).map { try #require(try $0.gradient()).scalars() }
    for leaf in leaves + [x] { try leaf.setGradient(nil) }

    let sinks = try GradientSinks()
    let destinations = try leaves.map { try Tensor.zeros($0.shape) }
    for (number, leaf) in leaves.enumerated() {
      try sinks.attach(leaf, to: destinations[number], number: number)
    }
    let found = try x.linear(leaves[0], bias: leaves[1])
    try found.squared().sum().backward()
    expectClose(try found.detached().scalars(), try expected.detached().scalars(), scale: 100)
    let gradients =
      try destinations.map { try $0.scalars(Float.self) } + [try #require(try x.gradient()).scalars()]
    for (found, expected) in zip(gradients, plain) { expectClose(found, expected, scale: 1_000) }
    let evaluated: [Float] = try withoutGradients { () throws(TensorError) in
      try x.linear(leaves[0], bias: leaves[1]).scalars()
    }
    expectClose(evaluated, try expected.detached().scalars(), scale: 100)
  }

  /// Tied weights: an embedding that is the output layer too, a layer that is run twice, a bias of two layers.
  @Test func `a leaf that is used several times gets the sum of its gradients, and is complete once`() throws
  {
    let leaves = try [
      OperatorsGoldenTests.pattern([5, 4], 1), OperatorsGoldenTests.pattern([4, 4], 2),
      OperatorsGoldenTests.pattern([4], 3),
    ]
    for leaf in leaves { try leaf.requireGradient() }
    let indices = try Tensor([0, 3, 3, 4, 1, 0], shape: [6])
    func loss() throws -> Tensor {
      let (table, layer, bias) = (leaves[0], leaves[1], leaves[2])
      let once = try indices.embedded(table).linear(layer, bias: bias).tanh()
      let twice = try once.linear(layer, bias: bias).adding(bias)
      return try twice.linear(table).squared().mean()
    }
    try loss().backward()
    let expected: [[Float]] = try leaves.map { try #require(try $0.gradient()).scalars() }
    for leaf in leaves { try leaf.setGradient(nil) }

    let sinks = try GradientSinks()
    let destinations = try leaves.map {
      try Tensor(Array(repeating: Float(7), count: $0.count), shape: $0.shape)
    }
    for (number, leaf) in leaves.enumerated() {
      try sinks.attach(leaf, to: destinations[number], number: number)
    }
    var told: [Int] = []
    sinks.onComplete { told.append($0) }
    for pass in 1...3 {
      told = []
      sinks.isAccumulating = pass == 3
      try loss().backward()
      #expect(told.sorted() == [0, 1, 2])
      for (destination, expected) in zip(destinations, expected) {
        expectClose(try destination.scalars(), pass == 3 ? expected.map { 2 * $0 } : expected)
      }
    }
  }

  @Test func `a sink of another shape, or of no leaf, is refused`() throws {
    let leaf = try Tensor.zeros([2, 3])
    let sinks = try GradientSinks()
    #expect(throws: TensorError.self) { try sinks.attach(leaf, to: .zeros([2, 3]), number: 0) }
    try leaf.requireGradient()
    #expect(throws: TensorError.self) { try sinks.attach(leaf, to: .zeros([3, 2]), number: 0) }
  }

  @Test func `ten thousand steps leave the process as large as it was`() throws {
    // Small operators gain nothing from a second thread, which would spin beside the other tests.
    try TensorRuntime.setThreads(1)
    let weight = try OperatorsGoldenTests.pattern([64, 64])
    try weight.requireGradient()
    let bias = try Tensor.zeros([64])
    try bias.requireGradient()
    let sinks = try GradientSinks()
    try sinks.attach(weight, to: .zeros([64, 64]), number: 0)
    let x = try OperatorsGoldenTests.pattern([8, 64], 9)
    func step(_ number: Int) throws {
      let loss = try x.linear(weight).adding(bias).gelu().layerNormalized(weight: bias, bias: bias).squared()
        .mean()
      try loss.backward()
      // An error must leave nothing behind either; raising one is slow.
      if number % 10 == 0 { #expect(throws: TensorError.self) { _ = try x.matmul(x) } }
    }
    for number in 0..<1_000 { try step(number) }
    // One leaked 16 KiB matrix a step would be 33 MB a round, in every round. Other tests allocate and free beside
    // this one, so the median of the rounds counts.
    var growths: [Int] = []
    for _ in 0..<5 {
      let before = try residentBytes()
      for number in 0..<2_000 { try step(number) }
      growths.append(try residentBytes() - before)
    }
    #expect(growths.sorted()[2] < 16 << 20, "\(growths)")
  }

  /// Within 1e-5 of the expected number, or of `scale` where that is larger: sums of many terms that cancel.
  private func expectClose(_ found: [Float], _ expected: [Float], scale: Float = 1) {
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(scale, abs($1)) })
  }

  /// The second field of `statm`: resident pages (proc(5)).
  private func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return try #require(Int(fields[1])) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
