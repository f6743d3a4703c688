internal import CProcesses
internal import Glibc
internal import Synchronization

/// Tidies up when this process is gone, however it ended: kills what its children have started, which unlike the
/// children do not die with the thread that started them, and removes its temporary directories.
///
/// A shell that waits for the end of a pipe which this process alone holds open, then looks for the mark that all
/// children have. It leads a process group of its own, so that no signal to this process's group ends it.
final class Warden: Sendable {
  static let shared = Warden()

  private struct Place {
    /// The writing end of the pipe; held open as long as the process lives.
    var pipe: Int32 = -1
    var isStarted = false
  }
  private let place = Mutex(Place())

  private static let script = """
    trap '' HUP INT TERM USR1 USR2
    mark=$1
    shift
    while IFS= read -r path; do set -- "$@" "$path"; done
    for round in 1 2 3; do
      for file in $(grep -laF "$mark" /proc/[0-9]*/environ 2>/dev/null); do
        process=${file#/proc/}
        kill -KILL "${process%/environ}" 2>/dev/null
      done
    done
    rm -rf -- "$@"
    """

  /// Has a directory removed.
  ///
  /// - Parameter path: without a line's end in it.
  func remove(_ path: String) {
    guardEverything()
    let line = Array("\(path)\n".utf8)
    place.withLock { place in
      if place.pipe >= 0 { _ = line.withUnsafeBytes { write(place.pipe, $0.baseAddress, $0.count) } }
    }
  }

  /// Starts the shell, once. Without one, what the children start may outlive a kill of this process.
  func guardEverything() {
    place.withLock { place in
      guard !place.isStarted else { return }
      place.isStarted = true
      var ends: [Int32] = [-1, -1]
      guard process_make_pipe(&ends) == 0 else { return }
      let (reading, writing) = (ends[0], ends[1])
      place.pipe = writing
      let text = "\(ProcessMark.variable)=\(ProcessMark.prefix)"
      withCStrings(["/bin/sh", "-c", Self.script, "sh", text]) { arguments in
        withCStrings(["PATH=/usr/bin:/bin"]) { environment in
          let descriptors: [Int32] = [reading, -1, -1]
          _ = descriptors.withUnsafeBufferPointer { descriptors in
            "/bin/sh".withCString { program in
              var request = process_start(
                program: program, arguments: arguments, environment: environment, directory: nil,
                descriptors: descriptors.baseAddress, descriptor_count: 3, dies_with_parent: 0)
              return process_start(&request)
            }
          }
        }
      }
      close(reading)
    }
  }
}
