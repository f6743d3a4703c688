/// Two arrays that NumPy saved, a file each, plain or packed by gzip; on demand plain.
public struct NPYData: DataFormat {
  public static let name = "npy"
  public static let hasParts = true

  var samples: String
  var labels: String
  var sampleTask: SampleTask?
  /// Whether samples stay in the file and are read when they are needed; nil for no.
  var onDemand: Bool?

  private enum CodingKeys: String, CodingKey {
    case samples, labels
    case sampleTask = "task"
    case onDemand = "on_demand"
  }

  public init(reading keys: some KeyReader) {
    (samples, labels) = Self.paths(keys)
    sampleTask = keys.sampleTask()
    onDemand = keys.truth("on_demand", default: false) ? true : nil
  }

  init(samples: String, labels: String) { (self.samples, self.labels) = (samples, labels) }

  public func part(reading keys: some KeyReader) -> Self {
    var part = self
    (part.samples, part.labels) = Self.paths(keys)
    return part
  }

  private static func paths(_ keys: some KeyReader) -> (samples: String, labels: String) {
    (
      keys.requiredText("samples", remedy: "Write the path of the array of samples."),
      keys.requiredText("labels", remedy: "Write the path of the array of labels, or of numbers to learn.")
    )
  }

  public var files: [String] { [samples, labels] }

  public var task: TaskKind { (sampleTask ?? .classification).kind }

  public func load(beside main: DataSet?) throws(TrainingError) -> DataSet {
    try .arrays(
      NumPyArray(content(), place: samples), NumPyArray(.opened(labels), place: labels), task,
      areHeld: !(onDemand ?? false))
  }

  public func openSamples() throws(TrainingError) -> SampleFile? {
    guard onDemand ?? false else { return nil }
    return try NumPyArray(content(), place: samples).samples()
  }

  private func content() throws(TrainingError) -> FileBytes {
    if onDemand ?? false, try CompressedFile.isPacked(samples) {
      throw .data(
        path: samples, expected: "a plain file, to be read on demand", found: "one that gzip packed",
        remedy: "Unpack it by gunzip, or leave on_demand out.")
    }
    return try .opened(samples)
  }
}
