internal import CProcesses
internal import Glibc

/// How a process ended.
public enum ProcessEnding: Equatable, Sendable, CustomStringConvertible {
  case exited(code: Int32)
  case killed(signal: Int32)

  /// `exited with code 1`, `was killed by SIGSEGV`.
  public var description: String {
    switch self {
    case .exited(let code): "exited with code \(code)"
    case .killed(let signal): "was killed by \(signalName(signal))"
    }
  }
}

/// A process that this one has started, and what that starts in turn: a process group of its own, which dies with
/// the thread that started it.
///
/// Nothing is forked: memory that is registered with a network card would be lost.
public final class ChildProcess {
  /// What to start.
  public struct Start {
    /// The program and what it is called with; looked up in the environment's `PATH` unless there is a slash in it.
    public var command: [String]
    public var environment: [String: String]
    /// Nil for this process's own.
    public var directory: String?
    /// What it has as 0, 1, 2 and so on; nil for an empty file. Every other descriptor is closed in it.
    public var descriptors: [Int32?]

    public init(
      _ command: [String], environment: [String: String], directory: String? = nil,
      descriptors: [Int32?] = []
    ) {
      self.command = command
      self.environment = environment
      self.directory = directory
      self.descriptors = descriptors
    }
  }

  /// Its number, and its group's.
  public let id: Int32
  private let mark: ProcessMark
  private var isReaped = false

  /// - Throws: `ProcessError` where the program is not found or does not start.
  public init(_ start: Start) throws(ProcessError) {
    guard let name = start.command.first, !name.isEmpty else {
      throw ProcessError("starting a process", found: "a command without a program")
    }
    let program = try Self.program(name, path: start.environment["PATH"] ?? "/usr/bin:/bin")
    let mark = ProcessMark()
    let environment = start.environment.merging(mark.environment) { _, mark in mark }
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    var result: Int32 = 0
    withCStrings(start.command) { arguments in
      withCStrings(environment.map { "\($0)=\($1)" }.sorted()) { variables in
        withOptionalCString(start.directory) { directory in
          let descriptors = start.descriptors.map { $0 ?? null }
          program.withCString { program in
            descriptors.withUnsafeBufferPointer { descriptors in
              var request = process_start(
                program: program, arguments: arguments, environment: variables, directory: directory,
                descriptors: descriptors.baseAddress, descriptor_count: Int32(descriptors.count),
                dies_with_parent: 1)
              result = process_start(&request)
            }
          }
        }
      }
    }
    guard result > 0 else { throw ProcessError("starting \(name)", code: -result) }
    id = result
    self.mark = mark
    Warden.shared.guardEverything()
  }

  private static func program(_ name: String, path: String) throws(ProcessError) -> String {
    if name.contains("/") { return name }
    for directory in path.split(separator: ":", omittingEmptySubsequences: false) {
      let program = "\(directory.isEmpty ? "." : directory)/\(name)"
      if access(program, X_OK) == 0 { return program }
    }
    throw ProcessError("starting \(name)", found: "no such program in PATH, \(path)")
  }

  /// How it ended; nil while it runs. What it has started may still run.
  public var ending: ProcessEnding? {
    if let known { return known }
    var code: Int32 = 0
    let answer = process_has_ended(id, &code)
    if answer == 0 { return nil }
    // Somebody else has waited for it.
    if answer < 0 { code = 255 }
    known = code < 0 ? .killed(signal: -code) : .exited(code: code)
    return known
  }
  private var known: ProcessEnding?

  /// What its group has in memory, in bytes.
  public var memory: Int { isReaped ? 0 : Int(process_group_memory(id)) }

  /// Sends a signal to the process and its group.
  public func signal(_ number: Int32) {
    if !isReaped { _ = kill(-id, number) }
  }

  /// Waits for it to end by itself.
  ///
  /// - Returns: whether it has within `seconds`.
  @discardableResult public func wait(within seconds: Double) -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
    while ending == nil {
      if ContinuousClock.now > deadline { return false }
      usleep(500)
    }
    return true
  }

  /// Ends it with all that it has started: asks by SIGTERM, and kills what is left after `seconds`.
  public func end(within seconds: Double) {
    guard !isReaped else { return }
    if ending == nil, seconds > 0 {
      signal(SIGTERM)
      wait(within: seconds)
    }
    signal(SIGKILL)
    mark.killAll(except: id)
    // A process that waits for a lost disk cannot even be killed: it is left to itself.
    if wait(within: 5) { process_reap(id) }
    isReaped = true
  }

  deinit { end(within: 0) }
}
