import Glibc
import HDF5

/// Two datasets of one HDF5 file: samples `[n, features]`, `[n, height, width]` (one channel) or
/// `[n, channels, height, width]` of floats or integers, and labels `[n]` of integers; for regression numbers,
/// `[n]` or `[n, targets]`.
public struct HDF5Data: DataFormat {
  public static let name = "hdf5"
  public static let hasParts = true
  public static let hasColumns = true

  public var path: String
  public var samples: String
  public var labels: String
  /// Nil for classification.
  var sampleTask: SampleTask?
  /// Whether samples stay in the file and are read when they are needed; nil for no.
  var onDemand: Bool?

  private enum CodingKeys: String, CodingKey {
    case path, samples, labels
    case sampleTask = "task"
    case onDemand = "on_demand"
  }

  public init(reading keys: some KeyReader) {
    path = keys.requiredText("path", remedy: "Write the path of the HDF5 file.")
    samples = keys.text("samples", default: "samples")
    labels = keys.text("labels", default: "labels")
    sampleTask = keys.sampleTask()
    onDemand = keys.truth("on_demand", default: false) ? true : nil
  }

  /// Under the same names, where it says no others.
  public func part(reading keys: some KeyReader) -> Self {
    var part = self
    part.path = keys.requiredText("path", remedy: "Write the path of the HDF5 file of this part.")
    part.samples = keys.text("samples", default: samples)
    part.labels = keys.text("labels", default: labels)
    return part
  }

  init(path: String, samples: String, labels: String) {
    (self.path, self.samples, self.labels) = (path, samples, labels)
  }

  public var files: [String] { [path] }

  public var task: TaskKind { (sampleTask ?? .classification).kind }

  public func load(beside main: DataSet?) throws(TrainingError) -> DataSet {
    let (values, dimensions, targets) = try read()
    let targetShape = targets.shape
    let samplePlace = "\(path): \(samples)"
    let labelPlace = "\(path): \(labels)"
    guard (2...4).contains(dimensions.count), !dimensions.contains(0) else {
      throw .data(
        path: samplePlace, expected: "2, 3 or 4 dimensions, none of them 0",
        found: dimensions.isEmpty ? "a single value" : dimensions.map(String.init).joined(separator: " x "),
        remedy:
          "Give a dataset of [samples, features], [samples, height, width] or [samples, channels, height, width]."
      )
    }
    if case .numbers(let numbers) = targets {
      return try .measured(
        values: values, shape: DataSet.shape(of: dimensions),
        targets: try SampleMemory(numbers.values), targetShape: numbers.shape, source: samplePlace,
        targetSource: labelPlace)
    }
    guard case .classes(let classes) = targets, targetShape == [dimensions[0]] else {
      throw .data(
        path: labelPlace, expected: "\(dimensions[0]) labels, as many as there are samples",
        found: targetShape.isEmpty
          ? "a single value" : targetShape.map(String.init).joined(separator: " x "),
        remedy: "Give a dataset with one integer a sample.")
    }
    return try .labelled(
      values: values, shape: DataSet.shape(of: dimensions), labels: classes.values, source: samplePlace,
      labelSource: labelPlace)
  }

  private enum Targets {
    case classes(HDF5Array<Int64>)
    case numbers(HDF5Array<Float>)

    var shape: [Int] {
      switch self {
      case .classes(let array): array.shape
      case .numbers(let array): array.shape
      }
    }
  }

  public func openSamples() throws(TrainingError) -> SampleFile? {
    guard onDemand ?? false else { return nil }
    do throws(HDF5Error) {
      return SampleFile(HDF5Rows(dataset: try DatasetRows(samples, in: path)), source: "\(path): \(samples)")
    } catch {
      throw unreadable(error)
    }
  }

  public func column(_ name: String, for key: String) throws(TrainingError) -> DataColumn? {
    do throws(HDF5Error) {
      let file = try HDF5File.open(path)
      if let numbers = try file.root.readNumbers(name) { return .numbers(numbers.values) }
      throw HDF5Error(
        file: path, object: name,
        problem: .unexpected(
          expected: "numbers, one a sample", found: "\(try file.root.elementType(of: name))",
          remedy: "Write groups or times as numbers."))
    } catch {
      throw unreadable(error)
    }
  }

  /// Samples with their dimensions, and targets.
  private func read() throws(TrainingError) -> (SampleValues, [Int], Targets) {
    if let file = try openSamples() { return (.file(file), file.dimensions, try readTargets()) }
    try requireMemory()
    let values: HDF5Array<Float>
    do throws(HDF5Error) {
      let file = try HDF5File.open(path)
      guard let numbers = try file.root.readFloats(samples) else {
        throw HDF5Error(
          file: path, object: samples,
          problem: .unexpected(
            expected: "samples that are floats, integers or Booleans",
            found: "\(try file.root.elementType(of: samples))",
            remedy: "Write them as an array of numbers, such as 32-bit floats."))
      }
      values = numbers
    } catch {
      throw unreadable(error)
    }
    return (.memory(try SampleMemory(values.values)), values.shape, try readTargets())
  }

  private func readTargets() throws(TrainingError) -> Targets {
    do throws(HDF5Error) {
      let file = try HDF5File.open(path)
      if task == .regression {
        guard let numbers = try file.root.readFloats(labels) else {
          throw HDF5Error(
            file: path, object: labels,
            problem: .unexpected(
              expected: "targets that are numbers", found: "\(try file.root.elementType(of: labels))",
              remedy: "Write them as an array of numbers, such as 32-bit floats."))
        }
        return .numbers(numbers)
      }
      guard let targets = try file.root.readIntegers(labels, converting: { $0 }) else {
        throw HDF5Error(
          file: path, object: labels,
          problem: .unexpected(
            expected: "labels that are integers", found: "\(try file.root.elementType(of: labels))",
            remedy: "Write the labels as integers that number the classes from 0."))
      }
      return .classes(targets)
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
      path: path, expected: "an HDF5 file", found: found, remedy: "Correct the path, or write the file again."
    )
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

/// A dataset whose rows are samples.
private struct HDF5Rows: SampleRows {
  let dataset: DatasetRows

  var shape: [Int] { dataset.shape }

  func read(_ rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>) throws(TrainingError) {
    do throws(HDF5Error) { try dataset.read(rows, into: values) } catch {
      throw .data(
        path: error.file, expected: "samples \(rows) of \(error.object)", found: "\(error)",
        remedy: "Look whether the file is still there and whole.")
    }
  }
}

extension DataConfiguration {
  public static func hdf5(path: String, samples: String, labels: String) -> Self {
    Self(HDF5Data(path: path, samples: samples, labels: labels))
  }
}
