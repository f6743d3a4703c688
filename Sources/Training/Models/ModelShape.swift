public import Tensors

/// A built-in model, as experiments and journals say it: its sizes and choices, and what is made of them.
/// What follows from the data (input shape, classes, vocabulary) is not in it.
///
/// One more model is one folder of `Models`, and one line of `ModelShapes`. A study's journal holds the
/// options under the model's name, so what an earlier version wrote must stay readable.
public protocol ModelShape: ConfigurationGroup {
  /// As an experiment writes it: `model: {kind: resnet}`.
  static var name: String { get }

  /// What it reads besides its options.
  var files: [String] { get }

  /// What it can learn.
  static var tasks: Set<TaskKind> { get }

  /// Whether the operations of its forward pass can be counted: those of somebody else's module cannot.
  static var countsOperations: Bool { get }

  /// The probability with which its layers drop activations; 0 for a model without dropout.
  var dropout: Double { get }

  /// The probability with which a sample leaves out the last of its blocks; 0 for a model without that.
  var stochasticDepth: Double { get }

  /// What is wrong with it in itself, beyond the ranges of its options.
  var problems: [TrainingError] { get }

  /// What is wrong with samples of this shape; nil where they will do.
  func objection(to shape: [Int]) -> TrainingError?

  /// The model for data of this form, freshly initialized.
  ///
  /// - Parameter seed: the trial's.
  /// - Throws: `TrainingError.invalid` when model and data don't go together, `TrainingError.memory` when it
  ///   doesn't fit.
  func makeModel(for form: DataSet.Form, seed: UInt64, device: Device) throws(TrainingError) -> any Model

  /// What the model for data of this form would own. Allocates nothing.
  func declarations(for form: DataSet.Form) throws(TrainingError) -> ModelDeclarations

  /// Scalars of one sample that a forward pass keeps, roughly: of each layer its inputs, its outputs, and
  /// what normalization and activation make of them.
  func activations(for form: DataSet.Form) -> Int

  /// The values of one channel and one sample where batch normalization sees fewest; nil without batch
  /// normalization, or as long as that depends on the data.
  ///
  /// - Parameter shape: of a sample; nil when it is not known yet.
  func fewestNormalizedValues(of shape: [Int]?) -> Int?

  /// Whether it makes something of columns of categories that other columns have not.
  var embedsCategories: Bool { get }

  /// Of which samples its batch normalization takes the statistics; nil without batch normalization.
  var batchStatistics: BatchStatistics? { get }
}

extension ModelShape {
  public static var countsOperations: Bool { true }
  public var files: [String] { [] }
  public var dropout: Double { 0 }
  public var stochasticDepth: Double { 0 }
  public var problems: [TrainingError] { [] }
  public func objection(to shape: [Int]) -> TrainingError? { nil }
  public func fewestNormalizedValues(of shape: [Int]?) -> Int? { nil }
  public var batchStatistics: BatchStatistics? { nil }
  public var embedsCategories: Bool { false }

  /// The error of a model that is to be made for data that it cannot learn.
  static var mismatch: TrainingError {
    .invalid(
      subject: "model",
      expected: "a \(ModelShapes.words(for: .language)) for text, or "
        + "\(ModelShapes.words(for: .classification)) for labelled samples",
      found: name, remedy: "Change the model or the data.")
  }

  /// The objection of a model of images.
  static func imagesOnly(_ shape: [Int]) -> TrainingError? {
    if shape.count == 3 { return nil }
    return .invalid(
      subject: "model", expected: "images, of shape [channels, height, width], for \(name)",
      found: "samples of shape \(shape)", remedy: "Use the model mlp, or data of images.")
  }
}

/// The models that there are.
public enum ModelShapes {
  /// The first is what an experiment means that names none.
  static let all: [any ModelShape.Type] = [
    MLPConfiguration.self, ResNetConfiguration.self, CNNConfiguration.self, TabularConfiguration.self,
    TransformerConfiguration.self, TorchScriptConfiguration.self, ExportedConfiguration.self,
  ]

  /// As experiments write them.
  public static var names: [String] { all.map { $0.name } }

  static func named(_ name: String) -> (any ModelShape.Type)? { all.first { $0.name == name } }

  /// The models that learn a task, in words: `mlp or resnet`.
  static func words(for task: TaskKind) -> String {
    all.filter { $0.tasks.contains(task) }.map { $0.name }.joined(separator: " or ")
  }

  /// The model that an experiment describes by the keys beside its `kind`.
  ///
  /// - Parameter name: one of `names`.
  public static func read(_ name: String, _ keys: some KeyReader) -> ModelConfiguration {
    guard let shape = named(name) else { preconditionFailure("no model is called \(name)") }
    return ModelConfiguration(shape.init(reading: keys))
  }
}
