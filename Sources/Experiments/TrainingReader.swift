import Training

/// Reads `data`, `model` and `training`: what a trial computes.
struct TrainingReader {
  let root: Section

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
    let rule = section.value("by", .choice(), default: SplitChoice.shuffle)
    return SplitFractions(
      train: section.value("train", .number(from: 0, through: 1), default: standard.train),
      dev: section.value("dev", .number(from: 0, through: 1), default: standard.dev),
      test: section.value("test", .number(from: 0, through: 1), default: standard.test),
      secondDev: section.value("second_dev", .number(from: 0, through: 1), default: standard[.secondDev]),
      rule: SplitRule(rawValue: rule.rawValue),
      column: section.optional("column", .text, absence: "chance divides the samples"))
  }

  /// `SplitRule`, or chance within each class.
  private enum SplitChoice: String, CaseIterable {
    case shuffle, group, time
  }

  private func readModel(_ section: Section) -> ModelConfiguration {
    let kind = section.variant(of: ModelShapes.names, default: ModelShapes.names[0])
    return ModelShapes.read(kind, section)
  }

  private func readTraining(_ section: Section, into training: inout TrainingConfiguration) {
    readOptimizer(section.section("optimizer", shorthand: "kind"), into: &training.optimizer)
    training.schedule = ScheduleReader(section: section.section("schedule"), isRates: true).read()
    training.schedules = readSchedules(section.section("schedules"))
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
    TrainingOptionGroups.read(section, into: &training)
    if training.data.task == .regression {
      let loss = section.value("loss", .choice(), default: RegressionLoss.mse)
      training.loss = loss == .mse ? nil : loss
    }
    training.evaluationBatchSize = section.value(
      "evaluation_batch_size", .integer(atLeast: 1), default: training.evaluationBatchSize)
  }

  private func readOptimizer(_ section: Section, into optimizer: inout OptimizerConfiguration) {
    optimizer.kind = section.value("kind", .choice(), default: optimizer.kind)
    for option in OptimizerOption.all {
      let field = Field.value(of: option.kind)
      // An option of another optimizer may be there for a search that chooses the kind.
      let read =
        optimizer.ownValue(of: option.name).map {
          section.value(option.name, field, default: $0, describedAs: option.defaults)
        } ?? section.optional(option.name, field, absence: option.defaults)
      if let read { optimizer.set(option.name, to: read) }
    }
    section.finish()
  }

  /// Of other hyperparameters than the rate, by name.
  private func readSchedules(_ section: Section) -> [String: ScheduleConfiguration]? {
    defer { section.finish() }
    let schedules = section.keys.map { name in
      (name, ScheduleReader(section: section.section(name), isRates: false).read())
    }
    return schedules.isEmpty ? nil : Dictionary(schedules) { first, _ in first }
  }
}
