/// Two arrays of one archive that NumPy saved, by `savez` or `savez_compressed`.
public struct NPZData: DataFormat {
  public static let name = "npz"
  public static let hasParts = true
  public static let hasColumns = true

  public var path: String
  /// Names of arrays.
  var samples: String
  var labels: String
  var sampleTask: SampleTask?

  private enum CodingKeys: String, CodingKey {
    case path, samples, labels
    case sampleTask = "task"
  }

  public init(reading keys: some KeyReader) {
    path = keys.requiredText("path", remedy: "Write the path of the archive.")
    samples = keys.text("samples", default: "samples")
    labels = keys.text("labels", default: "labels")
    sampleTask = keys.sampleTask()
  }

  /// Of the same file where it says no other, under names of its own.
  public func part(reading keys: some KeyReader) -> Self {
    var part = self
    part.path = keys.text("path", default: path)
    part.samples = keys.text("samples", default: samples)
    part.labels = keys.text("labels", default: labels)
    return part
  }

  public var files: [String] { [path] }

  public var task: TaskKind { (sampleTask ?? .classification).kind }

  public func load(beside main: DataSet?) throws(TrainingError) -> DataSet {
    let archive = try ZIPArchive(CompressedFile.read(path), path: path)
    return try .arrays(array(samples, in: archive), array(labels, in: archive), task)
  }

  public func column(_ name: String, for key: String) throws(TrainingError) -> DataColumn? {
    .numbers(try array(name, in: ZIPArchive(CompressedFile.read(path), path: path)).numbers.doubles())
  }

  private func array(_ name: String, in archive: ZIPArchive) throws(TrainingError) -> NumPyArray {
    let member = "\(name).npy"
    guard let bytes = try archive.member(member) else {
      let names = archive.names.map { $0.hasSuffix(".npy") ? String($0.dropLast(4)) : $0 }
      throw .data(
        path: path, expected: "an array \(name)",
        found: names.isEmpty ? "none" : names.joined(separator: ", "),
        remedy: "Name the arrays by data.samples and data.labels.")
    }
    return try NumPyArray(.memory(bytes), place: "\(path): \(name)")
  }
}
