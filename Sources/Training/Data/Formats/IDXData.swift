// The IDX format of the MNIST database: two zero bytes, the scalar's code, the number of dimensions, each
// dimension as a big-endian 32-bit number, then the scalars, big-endian, the last dimension fastest. Source:
// LeCun, Cortes and Burges, "The MNIST database", section "The IDX file format".

/// An IDX file.
struct IDXFile {
  enum Scalar: UInt8 {
    case unsignedByte = 0x08
    case signedByte = 0x09
    case short = 0x0B
    case int = 0x0C
    case float = 0x0D
    case double = 0x0E

    var type: NumberType {
      switch self {
      case .unsignedByte: NumberType(kind: "u", size: 1, isBigEndian: true)
      case .signedByte: NumberType(kind: "i", size: 1, isBigEndian: true)
      case .short: NumberType(kind: "i", size: 2, isBigEndian: true)
      case .int: NumberType(kind: "i", size: 4, isBigEndian: true)
      case .float: NumberType(kind: "f", size: 4, isBigEndian: true)
      case .double: NumberType(kind: "f", size: 8, isBigEndian: true)
      }
    }
  }

  let path: String
  let scalar: Scalar
  var dimensions: [Int] { numbers.shape }
  let numbers: NumberArray

  init(path: String) throws(TrainingError) {
    self.path = path
    let content = try FileBytes.opened(path)
    // As many dimensions as a byte counts.
    let bytes = try content.prefix(4 + 4 * 255)
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, let scalar = Scalar(rawValue: bytes[2]),
      bytes[3] > 0
    else {
      let first = bytes.prefix(4).map { String($0, radix: 16, uppercase: true) }.joined(separator: " ")
      throw .data(
        path: path,
        expected: "an IDX file, which begins with the bytes 0 0, a scalar's code and a dimension count",
        found: bytes.isEmpty ? "an empty file" : "the bytes \(first)",
        remedy: "Give a file such as train-images-idx3-ubyte, packed by gzip or not.")
    }
    self.scalar = scalar
    let offset = 4 + 4 * Int(bytes[3])
    guard bytes.count >= offset else {
      throw .data(
        path: path, expected: "\(bytes[3]) dimensions of 4 bytes each",
        found: "a file of \(bytes.count) bytes",
        remedy: "Fetch or copy the file again: it is cut off.")
    }
    var dimensions: [Int] = []
    for dimension in 0..<Int(bytes[3]) {
      let start = 4 + 4 * dimension
      dimensions.append(bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) })
    }
    numbers = NumberArray(content, from: offset, scalar.type, shape: dimensions, place: path)
    // Dimensions of a damaged header can overflow a product.
    var expected = scalar.type.size
    var overflowed = false
    for dimension in dimensions {
      let (product, overflow) = expected.multipliedReportingOverflow(by: dimension)
      expected = product
      overflowed = overflowed || overflow
    }
    let shape = dimensions.map(String.init).joined(separator: " x ")
    guard !overflowed, content.count - offset == expected else {
      throw .data(
        path: path,
        expected: overflowed ? "a possible size" : "\(expected) bytes of data for \(shape) scalars",
        found: overflowed ? "\(shape) scalars" : "\(content.count - offset)",
        remedy: "Fetch or copy the file again: it is damaged or cut off.")
    }
  }

  /// The scalars as class numbers.
  ///
  /// - Throws: when they are not integers.
  func integers() throws(TrainingError) -> [Int64] {
    guard scalar != .float, scalar != .double else {
      throw .data(
        path: path, expected: "labels that are integers", found: "scalars of code \(scalar.rawValue)",
        remedy: "Write the labels as unsigned bytes (code 8).")
    }
    return try numbers.doubles().map { Int64($0) }
  }
}

/// A pair of IDX files, the format of MNIST, plain or packed by gzip (told by their first bytes): samples
/// `[n, height, width]` (one channel), `[n, channels, height, width]` or `[n, features]`, and labels `[n]`.
public struct IDXData: DataFormat {
  public static let name = "idx"
  public static let hasParts = true

  public var images: String
  public var labels: String

  public init(reading keys: some KeyReader) {
    images = keys.requiredText("images", remedy: "Write the path of the IDX file of images, gzip or plain.")
    labels = keys.requiredText("labels", remedy: "Write the path of the IDX file of labels, gzip or plain.")
  }

  init(images: String, labels: String) { (self.images, self.labels) = (images, labels) }

  public func part(reading keys: some KeyReader) -> Self { Self(reading: keys) }

  public var files: [String] { [images, labels] }

  public func load(beside main: DataSet?) throws(TrainingError) -> DataSet {
    let samples = try IDXFile(path: images)
    let targets = try IDXFile(path: labels)
    guard (2...4).contains(samples.dimensions.count), !samples.dimensions.contains(0) else {
      throw .data(
        path: images, expected: "2, 3 or 4 dimensions, none of them 0",
        found: samples.dimensions.map(String.init).joined(separator: " x "),
        remedy: "Give the file of the samples: its name usually has `idx3` in it. Labels go to `labels`.")
    }
    guard targets.dimensions.count == 1 else {
      throw .data(
        path: labels, expected: "1 dimension", found: "\(targets.dimensions.count)",
        remedy: "Give the file of the labels: its name usually has `idx1` in it.")
    }
    guard samples.dimensions[0] == targets.dimensions[0] else {
      throw .data(
        path: labels, expected: "\(samples.dimensions[0]) labels, as many as \(images) has samples",
        found: "\(targets.dimensions[0])", remedy: "Give files that belong together.")
    }
    return try .labelled(
      values: .unread(SampleFile(samples.numbers, source: images)),
      shape: DataSet.shape(of: samples.dimensions),
      labels: try targets.integers(), source: images, labelSource: labels)
  }
}

extension DataConfiguration {
  public static func idx(images: String, labels: String) -> Self {
    Self(IDXData(images: images, labels: labels))
  }
}

extension DataSet {
  /// The shape of one sample: images without a channel dimension get one.
  static func shape(of dimensions: [Int]) -> [Int] {
    dimensions.count == 3 ? [1, dimensions[1], dimensions[2]] : Array(dimensions.dropFirst())
  }
}
