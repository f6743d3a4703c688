import Foundation
import JSON

/// What the system, an encoder or a decoder says of a failure, in words: Foundation's own texts name its domains
/// and types, and no cause.
package func systemWords(_ error: any Error) -> String {
  if let error = error as? DecodingError { return error.words }
  if case EncodingError.invalidValue(let value, let context) = error {
    let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(
      separator: ".")
    return "\(value)\(path.isEmpty ? "" : " at \(path)")"
  }
  guard type(of: error) is NSError.Type || error is CocoaError || error is POSIXError else {
    return "\(error)"
  }
  let system = error as NSError
  if let below = system.userInfo[NSUnderlyingErrorKey] as? any Error { return systemWords(below) }
  if system.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(system.code))).lowercased() }
  switch CocoaError.Code(rawValue: system.code) {
  case .fileNoSuchFile, .fileReadNoSuchFile: return "no such file"
  case .fileReadNoPermission, .fileWriteNoPermission: return "no permission"
  case .fileWriteOutOfSpace: return "no space left"
  case .fileWriteFileExists: return "a file that is there already"
  case .fileWriteVolumeReadOnly: return "a file system that is read-only"
  case .fileReadInvalidFileName, .fileWriteInvalidFileName: return "a name that no file can have"
  default: return "a refusal of the system (\(system.code))"
  }
}
