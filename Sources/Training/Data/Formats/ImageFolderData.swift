import Glibc

/// A folder with a folder of images for each class: PNG or JPEG, of any sizes, all brought to one.
public struct ImageFolderData: DataFormat {
  public static let name = "images"
  public static let hasParts = true

  public var path: String
  /// Of all images, in pixels.
  var height: Int
  var width: Int
  /// Whether images have three channels, and not one of brightness.
  var isColored: Bool

  private enum CodingKeys: String, CodingKey {
    case path, height, width
    case isColored = "color"
  }

  public init(reading keys: some KeyReader) {
    path = keys.requiredText("path", remedy: "Write the path of the folder that has a folder for each class.")
    height = keys.integer("height", in: 1...4096, default: 32)
    width = keys.integer("width", in: 1...4096, default: 32)
    isColored = keys.truth("color", default: true)
  }

  /// Of the same size and the same classes.
  public func part(reading keys: some KeyReader) -> Self {
    var part = self
    part.path = keys.requiredText("path", remedy: "Write the path of the folder of this part.")
    return part
  }

  public var files: [String] { [path] }

  /// The classes, by the names of their folders in order, and their images likewise. Hidden files are left out.
  private func classes() throws(TrainingError) -> [(name: String, images: [String])] {
    var classes: [(name: String, images: [String])] = []
    for name in try Self.names(in: path) {
      let folder = "\(path)/\(name)"
      guard Self.isFolder(folder) else {
        throw .data(
          path: folder, expected: "a folder of the images of a class", found: "a file",
          remedy: "Move it into the folder of its class, or remove it.")
      }
      classes.append((name, try Self.names(in: folder).map { "\(folder)/\($0)" }))
    }
    return classes
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func names(in folder: String) throws(TrainingError) -> [String] {
    guard let directory = opendir(folder) else {
      throw .data(
        path: folder, expected: "a folder that can be read",
        found: String(cString: strerror(errno)).lowercased(),
        remedy: "Correct data.path, or the permissions.")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  public func load(beside main: DataSet?) throws(TrainingError) -> DataSet {
    let found = try classes()
    let names = main?.classNames ?? found.map { $0.name }
    var (images, labels): ([String], [Int64]) = ([], [])
    for (name, files) in found {
      guard let label = names.firstIndex(of: name) else {
        throw .data(
          path: "\(path)/\(name)", expected: "one of the classes \(names.joined(separator: ", "))",
          found: name,
          remedy: "Give folders that belong together.")
      }
      images += files
      labels += Array(repeating: Int64(label), count: files.count)
    }
    if let empty = found.first(where: { $0.images.isEmpty }) {
      throw .data(
        path: "\(path)/\(empty.name)", expected: "images of the class", found: "none",
        remedy: "Remove the folder, or fill it.")
    }
    let shape = [isColored ? 3 : 1, height, width]
    let size = shape.reduce(1, *)
    let values = try SampleMemory<Float>(count: .clampedProduct([images.count, size])) {
      buffer throws(TrainingError) in
      for (number, image) in images.enumerated() {
        try ImageFile(path: image).write(as: shape, to: buffer.baseAddress! + number * size)
      }
    }
    var set = try DataSet.labelled(
      values: .memory(values), shape: shape, labels: labels, source: path, labelSource: path)
    set.classNames = names
    return set
  }
}
