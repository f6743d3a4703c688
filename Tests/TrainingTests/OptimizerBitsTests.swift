import Testing
import Training

/// The optimizers that earlier versions had: their runs go on to the last bit.
@Suite struct OptimizerBitsTests {
  /// FNV-1a over the bits of the parameters.
  static func hash(_ values: [Float]) -> UInt64 {
    values.reduce(0xcbf2_9ce4_8422_2325) { hash, value in
      (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3
    }
  }

  static let bits: [(name: String, hash: UInt64)] = [
    ("sgd", 5_567_459_267_387_919_571), ("adamw", 5_806_770_003_651_877_860),
    ("lamb", 14_466_899_185_140_536_662),
  ]

  @Test(arguments: bits, [1, 16])
  func `forty steps give the bits that they always gave`(
    expected: (name: String, hash: UInt64), alignment: Int
  ) throws {
    let (name, hash) = expected
    let kind = try #require(OptimizerConfiguration.Kind(rawValue: name))
    let chain = OptimizerConfiguration(kind).transform(rate: .constant(0.02), gradientClip: 1)
    for loops in FusedLoops.available {
      var problem = try OptimizerProblem(alignment: alignment)
      var optimizer = try Optimizer(chain, layout: problem.layout, engine: .loops(loops))
      for step in 0..<40 {
        try optimizer.update(&problem.parameters, problem.gradients(at: step), gradientScale: 0.25)
      }
      let values = problem.layout.segments.flatMap { Array(problem.values(of: $0)) }
      #expect(Self.hash(values) == hash)
    }
  }
}
