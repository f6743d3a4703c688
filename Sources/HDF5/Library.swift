internal import CHDF5
internal import Glibc

/// The HDF5 library as a whole: one lock around every use of it.
///
/// Builds differ: Debian's has a lock of its own, many sites' have none and crash when two threads enter.
/// With this lock every build will do, and a failed call's error stack is still its own when it is read. It
/// is held for one operation, never during an fsync.
enum Library {
  private static let lock = RecursiveLock()

  /// Runs `body` while no other thread is in the library. Calls may nest.
  static func locked<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock.acquire()
    defer { lock.release() }
    // The automatic printing of errors is a setting of the thread's own stack, so it is switched off on each
    // thread.
    H5Eset_auto2(chdf5_current_stack(), nil, nil)
    return try body()
  }
}

/// A mutual exclusion that the thread which holds it may enter again.
private final class RecursiveLock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, CInt(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
    // Read by the library when it opens a file. Locks fail on Lustre without flock and on some NFS, and guard
    // nothing here: a file has one writer, under a name of its own, until it is renamed. A variable, not the
    // property of HDF5 1.10.7, because the variable is what wins.
    setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1)
  }

  func acquire() { pthread_mutex_lock(mutex) }
  func release() { pthread_mutex_unlock(mutex) }
}

/// Where something happens: a file and an object in it.
struct Location: Sendable {
  var file: String
  var object: String

  func error(_ problem: HDF5Error.Problem) -> HDF5Error {
    HDF5Error(file: file, object: object, problem: problem)
  }

  func unexpected(expected: String, found: String, remedy: String) -> HDF5Error {
    error(.unexpected(expected: expected, found: found, remedy: remedy))
  }

  /// The location of a member of the group at this location.
  func appending(_ name: String) -> Location {
    if name.hasPrefix("/") { return Location(file: file, object: name) }
    if name == "." { return self }
    return Location(file: file, object: object == "/" ? "/" + name : object + "/" + name)
  }
}

/// The one place where a negative answer of HDF5 becomes an error. Within `Library.locked`.
@discardableResult
func check<Value: SignedInteger>(_ call: String, at location: Location, _ value: Value) throws(HDF5Error)
  -> Value
{
  if value < 0 { throw location.error(.library(call: call, stack: currentStack())) }
  return value
}

/// The calling thread's error stack, outermost function first.
func currentStack() -> [HDF5Error.Frame] {
  var frames: [HDF5Error.Frame] = []
  withUnsafeMutablePointer(to: &frames) { frames in
    _ = H5Ewalk2(
      chdf5_current_stack(), H5E_WALK_DOWNWARD,
      { _, entry, frames in
        guard let entry = entry?.pointee, let frames else { return 0 }
        frames.assumingMemoryBound(to: [HDF5Error.Frame].self).pointee.append(
          HDF5Error.Frame(
            function: text(entry.func_name), description: text(entry.desc),
            major: message(entry.maj_num), minor: message(entry.min_num)))
        return 0
      }, frames)
  }
  return frames
}

/// A C string as text; empty for none.
func text(_ pointer: UnsafePointer<CChar>?) -> String {
  pointer.map { String(cString: $0) } ?? ""
}

private func message(_ number: hid_t) -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  guard H5Eget_msg(number, nil, &buffer, buffer.count) > 0 else { return "unknown" }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
