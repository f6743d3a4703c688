import Glibc
import HDF5

/// Two datasets of one HDF5 file: samples `[n, features]`, `[n, height, width]` (one channel) or
/// `[n, channels, height, width]` of floats or integers, and labels `[n]` of integers.
public struct HDF5Data: DataFormat {
  public static let name = "hdf5"

  public var path: String
  public var samples: String
  public var labels: String

  public init(reading keys: some KeyReader) {
    path = keys.requiredText("path", remedy: "Write the path of the HDF5 file.")
    samples = keys.text("samples", default: "samples")
    labels = keys.text("labels", default: "labels")
  }

  init(path: String, samples: String, labels: String) {
    (self.path, self.samples, self.labels) = (path, samples, labels)
  }

  public var files: [String] { [path] }

  public func load() throws(TrainingError) -> DataSet {
    let (values, targets) = try read()
    let samplePlace = "\(path): \(samples)"
    let labelPlace = "\(path): \(labels)"
    guard (2...4).contains(values.shape.count), !values.shape.contains(0) else {
      throw .data(
        path: samplePlace, expected: "2, 3 or 4 dimensions, none of them 0",
        found: values.shape.isEmpty
          ? "a single value" : values.shape.map(String.init).joined(separator: " x "),
        remedy:
          "Give a dataset of [samples, features], [samples, height, width] or [samples, channels, height, width]."
      )
    }
    guard targets.shape == [values.shape[0]] else {
      throw .data(
        path: labelPlace, expected: "\(values.shape[0]) labels, as many as there are samples",
        found: targets.shape.isEmpty
          ? "a single value" : targets.shape.map(String.init).joined(separator: " x "),
        remedy: "Give a dataset with one integer a sample.")
    }
    return try .labelled(
      values: try SampleMemory(values.values), shape: DataSet.shape(of: values.shape), labels: targets.values,
      source: samplePlace, labelSource: labelPlace)
  }

  private func read() throws(TrainingError) -> (HDF5Array<Float>, HDF5Array<Int64>) {
    try requireMemory()
    do throws(HDF5Error) {
      let file = try HDF5File.open(path)
      guard let values = try file.root.readFloats(samples) else {
        throw HDF5Error(
          file: path, object: samples,
          problem: .unexpected(
            expected: "samples that are floats, integers or Booleans",
            found: "\(try file.root.elementType(of: samples))",
            remedy: "Write them as an array of numbers, such as 32-bit floats."))
      }
      guard let targets = try file.root.readIntegers(labels, converting: { $0 }) else {
        throw HDF5Error(
          file: path, object: labels,
          problem: .unexpected(
            expected: "labels that are integers", found: "\(try file.root.elementType(of: labels))",
            remedy: "Write the labels as integers that number the classes from 0."))
      }
      return (values, targets)
    } catch {
      throw unreadable(error)
    }
  }

  /// What is wrong with a file of data is the user's to mend, whatever the library says of it.
  private func unreadable(_ error: HDF5Error) -> TrainingError {
    if case .unexpected(let expected, let found, let remedy) = error.problem {
      let place = error.object.isEmpty ? error.file : "\(error.file): \(error.object)"
      return .data(path: place, expected: expected, found: found, remedy: remedy)
    }
    var status = stat()
    let found =
      if stat(path, &status) != 0 {
        String(cString: strerror(errno)).lowercased()
      } else if status.st_mode & S_IFMT == S_IFDIR {
        "a directory"
      } else {
        "none, or one that is damaged or cannot be read"
      }
    return .data(
      path: path, expected: "an HDF5 file", found: found, remedy: "Correct the path, or write the file again.")
  }

  /// The samples are read whole, as 32-bit floats.
  private func requireMemory() throws(TrainingError) {
    let shape: [Int]
    do throws(HDF5Error) {
      shape = try HDF5File.open(path).root.shape(of: samples)
    } catch {
      throw unreadable(error)
    }
    try MemoryDemand(
      bytes: .clampedProduct(shape + [MemoryLayout<Float>.stride]),
      purpose: "the numbers of \(path): \(samples)"
    ).require()
  }
}

extension DataConfiguration {
  public static func hdf5(path: String, samples: String, labels: String) -> Self {
    Self(HDF5Data(path: path, samples: samples, labels: labels))
  }
}
