/// Two arrays that NumPy saved, a file each, plain or packed by gzip.
public struct NPYData: DataFormat {
  public static let name = "npy"
  public static let hasParts = true

  var samples: String
  var labels: String
  var sampleTask: SampleTask?

  private enum CodingKeys: String, CodingKey {
    case samples, labels
    case sampleTask = "task"
  }

  public init(reading keys: some KeyReader) {
    (samples, labels) = Self.paths(keys)
    sampleTask = keys.sampleTask()
  }

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
      NumPyArray(CompressedFile.read(samples)[...], place: samples),
      NumPyArray(CompressedFile.read(labels)[...], place: labels), task)
  }
}
