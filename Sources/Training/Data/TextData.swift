extension DataSet {
  /// A text as a sequence of bytes, a byte order mark of UTF-8 left out; its vocabulary is the distinct
  /// bytes, ascending.
  static func text(path: String, contextLength: Int) throws(TrainingError) -> DataSet {
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
