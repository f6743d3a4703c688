internal import Glibc

// How errors are worded. No Foundation: this room is of use without it.

extension HDF5Error {
  static let diskFullCodes = [ENOSPC, EDQUOT, EFBIG]
  static let passingCodes = [ENOSPC, EDQUOT, EROFS]

  /// What the caller can do about a failed call, with a space before it; empty where that is anyone's guess.
  var remedy: String {
    switch systemCode {
    case .some(let code) where Self.diskFullCodes.contains(code):
      " The disk or its quota is full: free some space, or choose a directory on another disk."
    case .some(ENOENT): " Check the path, and that its directory exists."
    case .some(EACCES), .some(EPERM), .some(EROFS): " Check the permissions of the file and its directory."
    default: ""
    }
  }
}

/// The system's sentence for an error number.
func describe(errno code: Int32) -> String {
  var text = [CChar](repeating: 0, count: 256)
  guard strerror_r(code, &text, text.count) == 0 else { return "unknown error" }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Eight digits, such as `0x0001e240`.
func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}

/// Where `text` goes on after the first occurrence of `needle`.
func find(_ needle: String, in text: String) -> String.Index? {
  var start = text.startIndex
  while start < text.endIndex {
    if text[start...].hasPrefix(needle) { return text.index(start, offsetBy: needle.count) }
    start = text.index(after: start)
  }
  return nil
}
