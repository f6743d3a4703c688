import Glibc

extension RunLock {
  /// Who works on a run directory.
  public enum Holder: Equatable, Sendable {
    case nobody
    /// A program, and its name where the lock file has one.
    case program(Owner?)
  }

  /// Looks who works on a run directory, and takes nothing: a shared lock, for an instant, which a program that begins
  /// just then waits out.
  ///
  /// - Parameter own: who asks; where the file system has no locks, the name of the holder decides.
  public static func holder(of directory: String, seenFrom own: Owner) -> Holder {
    let descriptor = open(directory + "/lock", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return .nobody }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 {
      _ = flock(descriptor, LOCK_UN)
      return .nobody
    }
    let code = errno
    let holder = readOwner(descriptor)
    return code == EWOULDBLOCK || !hasLeft(holder, own) ? .program(holder) : .nobody
  }

  /// Takes the lock, or says why not by `errno`. Whoever only looks is gone after an instant.
  static func lock(_ descriptor: CInt) -> CInt {
    for _ in 0..<3 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return 0 }
      let code = errno
      guard code == EWOULDBLOCK else { return code }
      usleep(10_000)
    }
    return EWOULDBLOCK
  }
}
