import Tensors
import Testing

@testable import Training

@Suite struct ResidentSamplesTests {
  @Test(arguments: [SmallModel.mlp, .resnet], [DataPart.train, .dev, .test])
  func `a batch is the same as one that is gathered in host memory`(model: SmallModel, part: DataPart) throws
  {
    let data = try model.data
    let places = [0, 3, 4, 11]
    let buffer = try BatchBuffer(data, capacity: 6)
    try buffer.fill(places, of: part)
    let expected = try buffer.batch(places.count, on: .cpu)
    let found = try #require(try ResidentSamples(data, on: .cpu)).batch(places, of: part)
    #expect(found.inputs.shape == expected.inputs.shape && found.targets.shape == expected.targets.shape)
    #expect(try found.inputs.scalars(Float.self) == expected.inputs.scalars(Float.self))
    #expect(try found.targets.scalars(Int64.self) == expected.targets.scalars(Int64.self))
    #expect(found.samples == 4 && found.worth == 4)
  }

  @Test func `numbers to learn are kept as well`() throws {
    let values: [Float] = (0..<80).map { Float($0 * $0 % 17) }
    let set = DataSet(
      source: "test",
      samples: .labelled(
        values: .memory(try SampleMemory(values)), shape: [2],
        targets: .numbers(try SampleMemory(Array(values[..<40])), outputs: 1)))
    let data = try TrainingData(set, split: SplitFractions(), seed: 1)
    let buffer = try BatchBuffer(data, capacity: 3)
    try buffer.fill([2, 5, 7], of: .train)
    let expected = try buffer.batch(3, on: .cpu)
    let found = try #require(try ResidentSamples(data, on: .cpu)).batch([2, 5, 7], of: .train)
    #expect(try found.targets.scalars(Float.self) == expected.targets.scalars(Float.self))
    #expect(found.targets.shape == [3, 1])
  }

  @Test func `a text, and what is changed as it is gathered, stays in host memory`() throws {
    #expect(try ResidentSamples(SmallModel.transformer.data, on: .cpu) == nil)
    var configuration = SmallModel.resnet.configuration
    configuration.resolution = 0.5
    let small = try SmallModel.resnet.data.prepared(for: configuration, seed: 1)
    #expect(try ResidentSamples(small, on: .cpu) == nil)
    #expect(try ResidentSamples(fitting: SmallModel.mlp.data, on: .cpu) == nil)
  }
}
