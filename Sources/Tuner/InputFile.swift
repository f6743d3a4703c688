import CKernels
import Foundation
import Search
import Training

/// What a file, or a folder with all that is in it, held that a study read: another content under the same name is
/// another study.
///
/// Written as one text, `7216 bytes, CRC-32C 1c291ca3`, which a person compares at a glance.
public struct InputFile: Hashable, Sendable {
  public var bytes: Int
  /// Of all bytes.
  public var checksum: UInt32

  public init(bytes: Int, checksum: UInt32) {
    self.bytes = bytes
    self.checksum = checksum
  }

  /// Reads the whole file, which takes the time of a `cat`; of a folder all files, with their names, hidden ones left
  /// out.
  ///
  /// - Throws: `TunerError` when it cannot be read.
  public init(at path: String) throws(TunerError) {
    self.init(bytes: 0, checksum: 0)
    guard let names = Self.names(in: path) else {
      try add(fileAt: path)
      return
    }
    for name in names {
      checksum = Array(name.utf8).withUnsafeBytes { checksum_crc32c(checksum, $0.baseAddress, $0.count) }
      try add(fileAt: "\(path)/\(name)")
    }
  }

  /// The files below a folder, sorted; nil where the path is no folder.
  private static func names(in path: String) -> [String]? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return nil
    }
    return FileManager.default.subpaths(atPath: path)?.sorted().filter { name in
      var isFolder: ObjCBool = false
      let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
      return !isHidden && FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }
  }

  private mutating func add(fileAt path: String) throws(TunerError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    defer { close(descriptor) }
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.unreadable(path) }
      if count == 0 { return }
      checksum = block.withUnsafeBytes { checksum_crc32c(checksum, $0.baseAddress, count) }
      bytes += count
    }
  }

  private static func unreadable(_ path: String) -> TunerError {
    let code = errno
    return TunerError(
      .usage, subject: path, expected: "a file that can be read", found: String(cString: strerror(code)),
      remedy: "Correct the path, which starts from the working directory, or the permissions.")
  }
}

extension InputFile: Codable, CustomStringConvertible {
  public var description: String {
    let digits = String(checksum, radix: 16)
    return "\(bytes) bytes, CRC-32C \(String(repeating: "0", count: 8 - digits.count) + digits)"
  }

  /// Of its description; nil for any other text.
  init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count == 4, let bytes = Int(words[0]), let checksum = UInt32(words[3], radix: 16) else {
      return nil
    }
    self.init(bytes: bytes, checksum: checksum)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let file = InputFile(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected such as `7216 bytes, CRC-32C 1c291ca3`, found \(text)")
    }
    self = file
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Study {
  /// What the files of its data hold, by the paths that the experiment names.
  ///
  /// - Throws: `TunerError` when one cannot be read.
  public func dataFiles() throws(TunerError) -> [String: InputFile] {
    var files: [String: InputFile] = [:]
    for path in trainee.files { files[path] = try InputFile(at: path) }
    return files
  }

  /// Notes what the files hold that the study reads: its data, and the earlier studies that its sampler learns
  /// from, unless those were read by an earlier session, whose journal keeps all that was learned from them.
  ///
  /// - Parameter contents: this study's journal; nil when it begins.
  /// - Throws: `TunerError` when one cannot be read.
  public mutating func noteInputs(recordedIn contents: JournalContents?) throws(TunerError) {
    var inputs = try dataFiles()
    let recorded = contents?.recordedInputs ?? [:]
    let learned = contents?.recordedTransfer?.from == sampler.transfer?.from
    for path in sampler.transfer?.from ?? [] {
      inputs[path] = learned ? recorded[path] : try InputFile(at: EarlierStudy.file(at: path))
    }
    self.inputs = inputs.isEmpty ? nil : inputs
  }
}

extension JournalContents {
  /// What the files held that the study read when this journal was last written; empty where nobody noted it.
  public var recordedInputs: [String: InputFile] {
    guard case .object(let study) = study, case .object(let files) = study["inputs"] else { return [:] }
    return files.compactMapValues { value in
      guard case .text(let text) = value else { return nil }
      return InputFile(text)
    }
  }
}
