/// Plain text, read in windows: a sequence of bytes, a byte order mark of UTF-8 left out; its vocabulary is
/// the distinct bytes, ascending.
public struct TextData: DataFormat {
  public static let name = "text"

  public var path: String
  /// Bytes of a window.
  public var contextLength: Int

  public init(reading keys: some KeyReader) {
    path = keys.requiredText("path", remedy: "Write the path of the text file.")
    contextLength = keys.integer("context_length", in: Self.lengths, default: 128)
  }

  init(path: String, contextLength: Int) { (self.path, self.contextLength) = (path, contextLength) }

  private static let lengths = 1...1_000_000

  public var files: [String] { [path] }

  public var task: TaskKind { .language }

  public var problems: [TrainingError] {
    Self.lengths.contains(contextLength)
      ? [] : [.outOfRange("context_length", Self.lengths, contextLength)]
  }

  public func load(beside main: DataSet?) throws(TrainingError) -> DataSet {
    // Some editors begin a file with the mark: it says how the text is written, and is no part of it.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let read = try CompressedFile.read(path)
    let bytes = read.starts(with: mark) ? read.dropFirst(mark.count) : read[...]
    guard !bytes.isEmpty else {
      throw .data(
        path: path, expected: "text", found: "an empty file", remedy: "Give a file with text in it.")
    }
    var occurs = [Bool](repeating: false, count: 256)
    bytes.withUnsafeBufferPointer { for byte in $0 { occurs[Int(byte)] = true } }
    let vocabulary = (0...255).filter { occurs[$0] }.map { UInt8($0) }
    var index = [UInt8](repeating: 0, count: 256)
    for (position, byte) in vocabulary.enumerated() { index[Int(byte)] = UInt8(position) }
    let tokens = try SampleMemory<UInt8>(count: bytes.count) { buffer in
      bytes.withUnsafeBufferPointer { bytes in
        for position in 0..<bytes.count {
          buffer.initializeElement(at: position, to: index[Int(bytes[position])])
        }
      }
    }
    return DataSet(
      source: path, samples: .text(tokens: tokens, vocabulary: vocabulary, contextLength: contextLength))
  }
}

extension DataConfiguration {
  public static func text(path: String, contextLength: Int) -> Self {
    Self(TextData(path: path, contextLength: contextLength))
  }
}
