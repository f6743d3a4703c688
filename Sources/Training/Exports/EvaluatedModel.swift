internal import JSON
public import Tensors

/// A trained model as it was measured, with all that it takes to use it elsewhere: samples go in as the data has them,
/// answers come out in the data's own unit.
///
/// Valid while the trainer lends it. Not `Sendable`: one thread at a time.
public struct EvaluatedModel {
  let model: any Model
  let record: ModelRecord
  let preparation: InputPreparation
  private let answers: TargetScaling?

  init(_ model: any Model, _ record: ModelRecord, area: Int) throws(TrainingError) {
    (self.model, self.record) = (model, record)
    preparation = try library { () throws(TensorError) in
      try InputPreparation(record, area: area, on: model.store.device)
    }
    answers = record.targetScaling
  }

  /// What a module made of the model owns: parameters and buffers under the names of a checkpoint, and under
  /// `record.` what samples are prepared with.
  func entries() throws(TensorError) -> [TracedModule.Entry] {
    let store = model.store
    var entries = store.parameterEntries.map {
      TracedModule.Entry(name: $0.name, tensor: store.tensor($0.name), isBuffer: false)
    }
    entries += store.bufferEntries.map {
      TracedModule.Entry(name: $0.name, tensor: store.tensor($0.name), isBuffer: true)
    }
    for (name, tensor) in preparation.tensors {
      entries.append(TracedModule.Entry(name: "record.\(name)", tensor: tensor, isBuffer: true))
    }
    return entries
  }

  /// What it says of samples as the data has them, `[batch] + shape` of 32-bit floats, NaN for what is missing; of
  /// text `[batch, context length]`, 64-bit integers, the bytes.
  ///
  /// - Returns: of classes logits `[batch, classes]`; numbers `[batch, targets]` in their own unit; of text logits
  ///   `[batch, context length, vocabulary]`.
  func answers(to samples: Tensor) throws(TensorError) -> Tensor {
    let outputs = try model.outputs(preparation(samples), .evaluation)
    if !record.vocabulary.isEmpty {
      return try outputs.reshaped([-1, record.sampleShape[0], record.vocabulary.count])
    }
    guard record.targetScaling != nil, let mean = preparation["target_mean"],
      let deviation = preparation["target_deviation"]
    else { return outputs }
    return try outputs.multiplied(by: deviation).adding(mean)
  }

  /// Samples to try it with: numbers around the training samples' mean, or characters one after the other.
  func examples(_ count: Int) throws(TensorError) -> Tensor {
    let device = model.store.device
    if !record.vocabulary.isEmpty {
      let length = record.sampleShape[0]
      let bytes = (0..<count * length).map { Int64(record.vocabulary[$0 * 7 % record.vocabulary.count]) }
      return try Tensor(bytes, shape: [count, length]).to(device)
    }
    let (shape, means) = (preparation.sampleShape, record.standardization?.means ?? [0])
    let deviations = record.standardization?.deviations ?? [1]
    let size = shape.reduce(1, *)
    let values = (0..<count * size).map { place in
      let channel = place % size / max(1, size / means.count)
      // As good as any numbers from -1 to 1.
      let noise = Float((place &* 2_654_435_761 % 2_001) - 1_000) / 1_000
      return means[channel] + deviations[channel] * noise
    }
    return try Tensor(values, shape: [count] + shape).to(device)
  }

  /// The record as one JSON object, its arrays left out: those are tensors.
  ///
  /// - Parameter origin: further members.
  func text(_ origin: [String: JSONValue]) throws(TrainingError) -> String {
    var members = origin
    members["hyperparameters"] = .object(
      record.hyperparameters.mapValues { value in
        switch value {
        case .number(let number): Int(exactly: number).map(JSONValue.integer) ?? .number(number)
        case .text(let text): .text(text)
        }
      })
    members["training"] = try Self.parsed(record.training)
    members["sample_shape"] = .array(record.sampleShape.map { .integer($0) })
    if !record.classes.isEmpty { members["classes"] = .array(record.classes.map { .text($0) }) }
    if !record.targets.isEmpty { members["targets"] = .array(record.targets.map { .text($0) }) }
    if let columns = record.columns { members["columns"] = try Self.parsed(columns) }
    if !record.vocabulary.isEmpty {
      members["vocabulary"] = .array(record.vocabulary.map { .integer(Int($0)) })
    }
    do {
      return String(decoding: try SortedJSONEncoder().encode(JSONValue.object(members)), as: UTF8.self)
    } catch { throw .library("\(error)") }
  }

  private static func parsed(_ text: String) throws(TrainingError) -> JSONValue {
    do { return try JSONDocumentDecoder().decode(JSONValue.self, from: Array(text.utf8)) } catch {
      throw .library("\(error)")
    }
  }
}

extension Trainer {
  /// Lends the model as it is measured: after the cooldown if there is one, the mean of the weights in their place where
  /// one is kept, with the statistics that belong to it. Nothing is changed afterwards but by a cooldown. Collective.
  public mutating func lendEvaluated<Value>(
    _ body: (EvaluatedModel) throws(TrainingError) -> Value
  ) throws(TrainingError) -> Value {
    try cooled { trainer throws(TrainingError) in
      guard let record = try trainer.record() else {
        preconditionFailure("the built-in trainer has a record")
      }
      try trainer.shareBuffers()
      let statistics = try trainer.statisticsOfFound()
      return try trainer.withFound(statistics: statistics) { trainer throws(TrainingError) in
        let model = try EvaluatedModel(trainer.model, record, area: trainer.data.elementsOfMean)
        var value: Value?
        try withoutGradients { () throws(TrainingError) in value = try body(model) }
        guard let value else { preconditionFailure("the body has run") }
        return value
      }
    }
  }
}

extension TrainingData {
  /// The numbers of a sample, before features are made of them, that share a mean.
  fileprivate var elementsOfMean: Int {
    guard let features, let means = standardization?.means.count, means > 0 else { return 1 }
    return features.size / means
  }
}
