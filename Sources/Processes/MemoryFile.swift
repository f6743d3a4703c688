internal import CProcesses
internal import Glibc

/// A file without a name, in memory, that another process can open by its `path`: how large arrays pass between
/// two processes without a disk and without a copy.
public final class MemoryFile: @unchecked Sendable {
  private let descriptor: Int32
  private var mapping: UnsafeMutableRawBufferPointer?

  /// Empty.
  ///
  /// - Parameter name: what the system's tables call it.
  public init(named name: String) throws(ProcessError) {
    let result = process_make_memory_file(name)
    guard result >= 0 else { throw ProcessError("making the memory file \(name)", code: -result) }
    descriptor = result
  }

  deinit {
    if let mapping { munmap(mapping.baseAddress, mapping.count) }
    close(descriptor)
  }

  /// Where every process of this user and host can open it, as long as this value lives.
  public var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

  public var byteCount: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Makes it this long, with zeros.
  public func resize(to byteCount: Int) throws(ProcessError) {
    guard ftruncate(descriptor, byteCount) == 0 else {
      throw ProcessError("making a memory file of \(byteCount) bytes", code: errno)
    }
  }

  /// Nobody can make it shorter or longer from now on, nor open it to write.
  ///
  /// - Returns: whether that is so, and the file as long as what is mapped.
  public func seal() -> Bool {
    process_seal(descriptor) == 0 && (mapping?.count ?? byteCount) == byteCount
  }

  /// Its bytes, shared with whoever else has opened it, until this value ends. Not to be resized after that.
  public func map() throws(ProcessError) -> UnsafeMutableRawBufferPointer {
    if let mapping { return mapping }
    let count = byteCount
    guard count > 0 else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    let address = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let address, address != MAP_FAILED else {
      throw ProcessError("mapping a memory file of \(count) bytes", code: errno)
    }
    let mapped = UnsafeMutableRawBufferPointer(start: address, count: count)
    mapping = mapped
    return mapped
  }
}
