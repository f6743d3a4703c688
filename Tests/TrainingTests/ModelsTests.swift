import Randomness
import Tensors
import Testing
import Training

@Suite struct ModelsTests {
  static let image = DataSet.Form.labelled(shape: [1, 8, 8], classes: 10)
  static let text = DataSet.Form.text(vocabulary: Array(0..<13), contextLength: 6)

  static func mlp(_ change: (inout MLPConfiguration) -> Void = { _ in }) -> ModelConfiguration {
    var configuration = MLPConfiguration()
    configuration.hidden = [12, 9]
    change(&configuration)
    return .mlp(configuration)
  }

  static func transformer(dropout: Double = 0) -> ModelConfiguration {
    var configuration = TransformerConfiguration()
    (configuration.layers, configuration.heads, configuration.width) = (1, 2, 8)
    configuration.dropout = dropout
    return .transformer(configuration)
  }

  static func resnet() -> ModelConfiguration {
    var configuration = ResNetConfiguration()
    (configuration.depth, configuration.width) = (8, 4)
    return .resnet(configuration)
  }

  @Test func `parameters lie in the order of the forward pass, each on a cache line`() throws {
    let model = try Self.mlp { $0.normalization = .batch }.makeModel(for: Self.image, seed: 1, device: .cpu)
    #expect(
      model.store.parameterEntries.map(\.name) == [
        "layers.0.weight", "layers.0.bias", "norms.0.weight", "norms.0.bias",
        "layers.1.weight", "layers.1.bias", "norms.1.weight", "norms.1.bias", "layers.2.weight",
        "layers.2.bias",
      ])
    #expect(model.store.parameterEntries.map(\.shape).first == [12, 64])
    #expect(model.store.bufferEntries.map(\.name).first == "norms.0.running_mean")
    #expect(model.store.bufferEntries.count == 4)
    for configuration in [Self.mlp(), Self.resnet()] {
      let store = try configuration.makeModel(for: Self.image, seed: 1, device: .cpu).store
      #expect(store.parameterEntries.allSatisfy { $0.offset % 16 == 0 })
      #expect(UInt(bitPattern: store.parameters.elements(Float.self).baseAddress) % 64 == 0)
      #expect(UInt(bitPattern: store.gradients.elements(Float.self).baseAddress) % 64 == 0)
    }
  }

  @Test func `the parameters of ResNet-20 are as many as the paper counts`() throws {
    // He et al., CVPR 2016, table 6: 0.27 million for 20 layers.
    let model = try ModelConfiguration.resnet(ResNetConfiguration()).makeModel(
      for: .labelled(shape: [3, 32, 32], classes: 10), seed: 1, device: .cpu)
    #expect(model.store.parameterEntries.map(\.count).reduce(0, +) == 269_722)
    #expect(model.store.parameterEntries.filter { $0.shape.count == 4 }.count == 19)
  }

  @Test func `equal seeds start equal, others differ, and biases start at zero`() throws {
    func start(_ seed: UInt64) throws -> ParameterStore {
      try Self.mlp().makeModel(for: Self.image, seed: seed, device: .cpu).store
    }
    let store = try start(3)
    let values: [Float] = try store.parameters.scalars()
    #expect(try start(3).parameters.scalars() == values)
    #expect(try start(4).parameters.scalars() != values)
    let bias = try #require(store.parameterEntries.first { $0.name == "layers.0.bias" })
    #expect(values[bias.offset..<bias.offset + bias.count].allSatisfy { $0 == 0 })
    let weight = try #require(store.parameterEntries.first { $0.name == "layers.0.weight" })
    let drawn = values[weight.offset..<weight.offset + weight.count]
    // He et al., ICCV 2015: variance 2 / inputs; 768 draws, so 10% is above three standard errors.
    let variance = drawn.reduce(0) { $0 + $1 * $1 } / Float(weight.count)
    #expect(abs(variance * 32 - 1) < 0.1)
  }

  @Test func `gradients of every parameter agree with finite differences`() throws {
    for (configuration, form) in [
      // No rectifiers here: their kinks are what differences would see. The golden files cover those models.
      (Self.mlp { ($0.activation, $0.normalization) = (.gelu, .layer) }, Self.image),
      (Self.mlp { ($0.activation, $0.normalization) = (.tanh, .batch) }, Self.image),
      (Self.transformer(), Self.text),
    ] {
      let model = try configuration.makeModel(for: form, seed: 5, device: .cpu)
      let (inputs, targets) = try Self.batch(form, count: 4)
      func loss() throws -> Double {
        try model.trainingLoss(inputs, targets, SampleStream(seed: 1, first: 0), for: Classification()).item()
      }
      try model.trainingLoss(
        inputs, targets, SampleStream(seed: 1, first: 0), for: Classification()
      ).backward()
      let gradients: [Float] = try model.store.gradients.scalars()
      let values = model.store.parameters.elements(Float.self)
      for entry in model.store.parameterEntries {
        // Along the gradient itself, where the difference is largest against the rounding of a 32-bit loss.
        let range = entry.offset..<entry.offset + entry.count
        let norm = gradients[range].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard norm > 1e-3 else { continue }
        let before = Array(values[range])
        func shifted(by length: Double) throws -> Double {
          for index in range {
            values[index] = before[index - entry.offset] + Float(length * Double(gradients[index]) / norm)
          }
          defer { for index in range { values[index] = before[index - entry.offset] } }
          return try loss()
        }
        let slope = try (shifted(by: 1e-3) - shifted(by: -1e-3)) / 2e-3
        // The loss is rounded to about 2e-7 each time.
        #expect(abs(slope - norm) < 0.02 * norm + 4e-4, "\(entry.name)")
      }
    }
  }

  @Test func `a transformer's logits depend on no later character`() throws {
    let model = try Self.transformer().makeModel(for: Self.text, seed: 5, device: .cpu)
    func logits(_ characters: [Int]) throws -> [Float] {
      try model.outputs(Tensor(characters, shape: [1, 6]), .evaluation).detached().scalars()
    }
    let first = try logits([1, 2, 3, 4, 5, 6])
    let second = try logits([1, 2, 3, 4, 9, 9])
    #expect(first[..<(4 * 13)] == second[..<(4 * 13)])
    #expect(first[(4 * 13)...] != second[(4 * 13)...])
  }

  @Test func `dropped activations are a function of the sample, not of its batch`() throws {
    let model = try Self.transformer(dropout: 0.4).makeModel(for: Self.text, seed: 5, device: .cpu)
    let (inputs, _) = try Self.batch(Self.text, count: 4)
    func logits(_ rows: Range<Int>, stream: SampleStream) throws -> [Float] {
      try model.outputs(inputs.narrowed(rows, along: 0), .training(stream)).detached().scalars()
    }
    let whole = try logits(0..<4, stream: SampleStream(seed: 8, first: 100))
    let half = try logits(2..<4, stream: SampleStream(seed: 8, first: 102))
    let rows = whole.count / 2
    #expect(zip(whole[rows...], half).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try logits(0..<4, stream: SampleStream(seed: 8, first: 104)) != whole)
    #expect(try logits(0..<4, stream: SampleStream(seed: 9, first: 100)) != whole)
  }

  @Test func `dropout keeps the expectation and nothing of an evaluation`() throws {
    let configuration = Self.mlp {
      $0.hidden = [4096]
      $0.dropout = 0.25
    }
    let model = try configuration.makeModel(for: .labelled(shape: [1], classes: 1), seed: 2, device: .cpu)
    let values = model.store.parameters.elements(Float.self)
    for index in values.indices { values[index] = 1 / 4096 }
    let ones = try Tensor([Float(1)], shape: [1, 1])
    let evaluated = try model.outputs(ones, .evaluation).item()
    let trained = try model.outputs(ones, .training(SampleStream(seed: 1, first: 0))).item()
    #expect(trained != evaluated)
    // The standard error of the share kept is √(0.25 · 0.75 / 4096) = 0.0068 of 0.75, here 0.9% of the sum;
    // four of them.
    #expect(abs(trained / evaluated - 1) < 0.036)
  }

  @Test func `an evaluation counts losses and hits, and leaves running statistics alone`() throws {
    let model = try Self.resnet().makeModel(for: Self.image, seed: 5, device: .cpu)
    let (inputs, targets) = try Self.batch(Self.image, count: 4)
    let before: [Float] = try model.store.buffers.scalars()
    let whole = try model.evaluate(inputs, targets, for: Classification())
    #expect(try model.store.buffers.scalars() == before)
    let parts = try (0..<4).map {
      try model.evaluate(
        inputs.narrowed($0..<$0 + 1, along: 0), targets.narrowed($0..<$0 + 1, along: 0),
        for: Classification())
    }
    let sum = parts.reduce(Evaluation(), +)
    #expect(sum.rows == 4 && sum.correct == whole.correct)
    #expect(abs(sum.lossSum - whole.lossSum) < 1e-4)
    _ = try model.trainingLoss(inputs, targets, SampleStream(seed: 1, first: 0), for: Classification())
    #expect(try model.store.buffers.scalars() != before)
  }

  @Test func `models that don't fit the data say so`() throws {
    #expect {
      try ModelConfiguration.resnet(ResNetConfiguration()).makeModel(
        for: .labelled(shape: [64], classes: 10), seed: 1, device: .cpu)
    } throws: {
      "\($0)"
        == "model: expected images, of shape [channels, height, width], for resnet, found samples of shape [64]. "
        + "Use the model mlp, or data of images."
    }
    #expect {
      try Self.mlp().makeModel(for: Self.text, seed: 1, device: .cpu)
    } throws: {
      "\($0)" == "model: expected a transformer or torchscript or exported for text, or mlp or resnet or cnn or tabular or torchscript or exported for labelled samples, found mlp. "
        + "Change the model or the data."
    }
  }

  static func batch(_ form: DataSet.Form, count: Int) throws -> (inputs: Tensor, targets: Tensor) {
    var random = CounterGenerator(seed: 11, purpose: .simulation)
    switch form {
    case .samples(let shape, .classes(let classes), _):
      let scalars = (0..<count * shape.reduce(1, *)).map { _ in Float(random.nextUniform() * 4 - 2) }
      return (
        try Tensor(scalars, shape: [count] + shape),
        try Tensor((0..<count).map { _ in Int.random(in: 0..<classes, using: &random) })
      )
    case .samples(let shape, .numbers(let outputs), _):
      let scalars = (0..<count * shape.reduce(1, *)).map { _ in Float(random.nextUniform() * 4 - 2) }
      let targets = (0..<count * outputs).map { _ in Float(random.nextUniform() * 2 - 1) }
      return (try Tensor(scalars, shape: [count] + shape), try Tensor(targets, shape: [count, outputs]))
    case .text(let vocabulary, let contextLength):
      let tokens = (0..<count * (contextLength + 1)).map { _ in
        Int.random(in: 0..<vocabulary.count, using: &random)
      }
      return (
        try Tensor(Array(tokens[..<(count * contextLength)]), shape: [count, contextLength]),
        try Tensor(Array(tokens[count...]), shape: [count, contextLength])
      )
    }
  }
}
