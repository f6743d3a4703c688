import Training

/// Reads `data`, `model` and `training`: what a trial computes.
struct TrainingReader {
  let root: Section

  private enum ModelKind: String, CaseIterable {
    case mlp, resnet, transformer
  }

  func read() -> TrainingConfiguration {
    var training = TrainingConfiguration()
    let data = root.section("data", shorthand: "kind")
    (training.data, training.split) = (readData(data), readSplit(data.section("split")))
    data.finish()

    let model = root.section("model", shorthand: "kind")
    training.model = readModel(model)
    model.finish()

    let section = root.section("training")
    readTraining(section, into: &training)
    section.finish()
    return training
  }

  private func readData(_ section: Section) -> DataConfiguration {
    let kind = section.variant(of: DataFormats.names, default: DataFormats.names[0])
    return DataFormats.read(kind, section)
  }

  private func readSplit(_ section: Section) -> SplitFractions {
    let standard = SplitFractions()
    defer { section.finish() }
    return SplitFractions(
      train: section.value("train", .number(from: 0, through: 1), default: standard.train),
      dev: section.value("dev", .number(from: 0, through: 1), default: standard.dev),
      test: section.value("test", .number(from: 0, through: 1), default: standard.test))
  }

  private func readModel(_ section: Section) -> ModelConfiguration {
    let kind: ModelKind = section.variant(default: .mlp)
    switch kind {
    case .mlp:
      var model = MLPConfiguration()
      model.hidden = section.value(
        "hidden", .list(of: .integer(atLeast: 1), atLeast: 0, atMost: 1_000), default: model.hidden)
      model.activation = section.value("activation", .choice(), default: model.activation)
      model.normalization = section.value("normalization", .choice(), default: model.normalization)
      model.dropout = section.value("dropout", .number(from: 0, below: 1), default: model.dropout)
      return .mlp(model)
    case .resnet:
      var model = ResNetConfiguration()
      model.depth = section.value("depth", .integer(atLeast: 8), default: model.depth)
      model.width = section.value("width", .integer(atLeast: 1), default: model.width)
      return .resnet(model)
    case .transformer:
      var model = TransformerConfiguration()
      model.layers = section.value("layers", .integer(atLeast: 1), default: model.layers)
      model.heads = section.value("heads", .integer(atLeast: 1), default: model.heads)
      model.width = section.value("width", .integer(atLeast: 1), default: model.width)
      model.dropout = section.value("dropout", .number(from: 0, below: 1), default: model.dropout)
      return .transformer(model)
    }
  }

  private func readTraining(_ section: Section, into training: inout TrainingConfiguration) {
    readOptimizer(section.section("optimizer", shorthand: "kind"), into: &training.optimizer)
    readSchedule(section.section("schedule"), into: &training.schedule)
    training.batchSize = section.value("batch_size", .integer(atLeast: 1), default: training.batchSize)
    training.usedDataShare = section.value(
      "data_share", .number(above: 0, through: 1),
      default: training.usedDataShare)
    training.usedResolution = section.value(
      "resolution", .number(above: 0, through: 1),
      default: training.usedResolution)
    training.scalingRule = section.value("scaling_rule", .choice(), default: training.scalingRule)
    training.referenceBatchSize = section.value(
      "reference_batch_size", .integer(atLeast: 1), default: training.referenceBatchSize)
    training.accumulation = section.value(
      "accumulation", .integer(atLeast: 1), default: training.accumulation)
    training.gradientClip = section.value(
      "gradient_clip", .number(atLeast: 0), default: training.gradientClip)
    training.labelSmoothing = section.value(
      "label_smoothing", .number(from: 0, below: 1), default: training.labelSmoothing)
    if training.data.task == .regression {
      let loss = section.value("loss", .choice(), default: RegressionLoss.mse)
      training.loss = loss == .mse ? nil : loss
    }
    training.evaluationBatchSize = section.value(
      "evaluation_batch_size", .integer(atLeast: 1), default: training.evaluationBatchSize)
  }

  private func readOptimizer(_ section: Section, into optimizer: inout OptimizerConfiguration) {
    optimizer.kind = section.value("kind", .choice(), default: optimizer.kind)
    optimizer.learningRate = section.value(
      "learning_rate", .number(above: 0), default: optimizer.learningRate)
    optimizer.weightDecay = section.value("weight_decay", .number(atLeast: 0), default: optimizer.weightDecay)
    optimizer.momentum = section.value("momentum", .number(from: 0, below: 1), default: optimizer.momentum)
    optimizer.beta1 = section.value("beta1", .number(from: 0, below: 1), default: optimizer.beta1)
    optimizer.beta2 = section.value("beta2", .number(from: 0, below: 1), default: optimizer.beta2)
    optimizer.epsilon = section.value("epsilon", .number(above: 0), default: optimizer.epsilon)
    section.finish()
  }

  private func readSchedule(_ section: Section, into schedule: inout ScheduleConfiguration) {
    schedule.warmup = section.value("warmup", .number(atLeast: 0), default: schedule.warmup)
    schedule.decay = section.value("decay", .choice(), default: schedule.decay)
    schedule.length = section.optional("length", .number(above: 0), absence: "the study's largest budget")
    schedule.finalFraction = section.value(
      "final_fraction", .number(from: 0, through: 1), default: schedule.finalFraction)
    schedule.decayFactor = section.value(
      "decay_factor", .number(above: 0, through: 1),
      default: schedule.decayFactor)
    schedule.decayInterval = section.value(
      "decay_interval", .number(above: 0), default: schedule.decayInterval)
    section.finish()
  }
}
