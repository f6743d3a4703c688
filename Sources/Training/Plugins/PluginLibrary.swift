internal import CTrainee
internal import Foundation
internal import MPI

/// A plug-in that this process has loaded. It is never unloaded: threads and handlers of its may stay.
public final class PluginLibrary {
  /// As errors name it.
  let path: String
  let table: tuner_table
  /// What its hyperparameters are, in its order, and which of them can change while a trial runs.
  public let parameters: [(name: String, isLive: Bool)]
  /// The names of what it measures, in its order.
  public let metrics: [String]

  private static let entry = "tuner_trainee"

  /// Loads it, and asks what it is. Local.
  ///
  /// - Throws: `TrainingError.data` for a file that is no library, `.place` for one that cannot be loaded
  ///   here,
  ///   `.invalid` for one that is no plug-in of this version, or is one of another MPI.
  public init(_ path: String) throws(TrainingError) {
    self.path = path
    try Self.requireLibrary(path)
    let handle = try Self.open(path)
    try Self.requireSameMPI(handle, path)
    guard let function = dlsym(handle, Self.entry) else {
      throw Self.unexpected(
        path, "the function \(Self.entry)", "none of that name",
        "Define it as tuner_trainee.h declares it, with TUNER_TRAINEE_EXPORT; in C++ include that file where "
          + "you do."
      )
    }
    var table = tuner_table()
    let result = ctrainee_fill(function, &table)
    guard result == 0 else {
      throw Self.unexpected(
        path, "\(Self.entry) to return 0", "\(result)",
        "It says that it cannot be used here: ask who wrote it.")
    }
    try Self.require(table, path)
    self.table = table
    parameters = Self.parameters(of: table)
    metrics = Self.metrics(of: table)
    try requireNames()
  }

  // MARK: Loading

  /// Checks what the system's loader would say in words of its own, or would wait for.
  private static func requireLibrary(_ path: String) throws(TrainingError) {
    func wrong(_ expected: String, _ found: String, _ remedy: String) -> TrainingError {
      .data(path: path, expected: expected, found: found, remedy: remedy)
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw wrong(
        "a plug-in", String(cString: strerror(errno)).lowercased(),
        "Correct trainee.library, which starts from the working directory, or compile it.")
    }
    let start = status.st_mode & S_IFMT == S_IFREG ? FileHandle(forReadingAtPath: path) : nil
    guard let magic = try? start?.read(upToCount: 4), magic.elementsEqual([0x7f] + Array("ELF".utf8)) else {
      throw wrong(
        "a shared library", "something else",
        "Compile one, with mpicc -shared -fPIC, and name it in trainee.library.")
    }
  }

  private static func open(_ path: String) throws(TrainingError) -> UnsafeMutableRawPointer {
    // A path without a slash would be looked for elsewhere.
    if let handle = dlopen(path.contains("/") ? path : "./\(path)", RTLD_NOW | RTLD_LOCAL) { return handle }
    throw .place(
      subject: path, expected: "a shared library that can be loaded", found: lastError(),
      remedy: "ldd \(path) lists the libraries that it needs: load their modules, or name their directory in "
        + "LD_LIBRARY_PATH.")
  }

  private static func lastError() -> String { dlerror().map { String(cString: $0) } ?? "no reason" }

  /// A library that needs another MPI brings it along, unknown to the one that runs here.
  private static func requireSameMPI(_ handle: UnsafeMutableRawPointer, _ path: String) throws(TrainingError)
  {
    let name = "MPI_Get_library_version"
    guard let own = dlsym(nil, name), let others = dlsym(handle, name), own != others else { return }
    throw unexpected(
      path, "the MPI of tuner-mpi, \(version(from: own))", version(from: others),
      "Compile both with the same MPI: its mpicc, and pkg-config name in TUNER_MPI_PKG_CONFIG.")
  }

  private static func version(from function: UnsafeMutableRawPointer) -> String {
    var text = [CChar](repeating: 0, count: 8192)
    guard ctrainee_library_version(function, &text) != 0 else { return "one that does not say its name" }
    let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // MPICH writes its whole configuration.
    return words.split(whereSeparator: \.isNewline).first.map(String.init) ?? "one without a name"
  }

  // MARK: The table

  private static func require(_ table: tuner_table, _ path: String) throws(TrainingError) {
    guard table.version == TUNER_TRAINEE_VERSION else {
      throw unexpected(
        path, "version \(TUNER_TRAINEE_VERSION) of tuner_trainee.h",
        table.version == 0 ? "none" : "version \(table.version)",
        table.version == 0
          ? "Write table->version = TUNER_TRAINEE_VERSION." : "Compile it with the file of this tuner-mpi.")
    }
    let mpi = table.mpi.map { String(cString: $0) } ?? ""
    let own = String(cString: ctrainee_mpi())
    guard mpi.isEmpty || mpi == own else {
      throw unexpected(
        path,
        "a plug-in compiled for \(own), which is \((try? MPIEnvironment.libraryVersion()) ?? "unknown")",
        "one for \(mpi)", "Compile both with the same MPI.")
    }
    let isStateful = table.state != Int32(TUNER_STATE_NONE.rawValue)
    let isAnyLive = parameters(of: table).contains(where: \.isLive)
    let lacking: [(name: String, isThere: Bool)] = [
      ("create", table.create != nil), ("train", table.train != nil), ("measure", table.measure != nil),
      ("destroy", table.destroy != nil), ("set, for live parameters", table.set != nil || !isAnyLive),
      ("describe_state", table.describe_state != nil || !isStateful),
      ("get_state", table.get_state != nil || !isStateful),
      ("put_state", table.put_state != nil || !isStateful),
      ("metrics", !metrics(of: table).isEmpty),
    ].filter { !$0.1 }
    if let first = lacking.first {
      throw unexpected(
        path, "\(first.name) in its table", "none", "Fill it in, as tuner_trainee.h describes it.")
    }
    guard (0...Int32(TUNER_STATE_OWN.rawValue)).contains(table.state) else {
      throw unexpected(path, "one of enum tuner_state", "\(table.state)", "Correct table->state.")
    }
  }

  /// Names that are said twice could not be told apart.
  private func requireNames() throws(TrainingError) {
    for names in [parameters.map(\.name), metrics] {
      let twice = names.enumerated().first { names.prefix($0.offset).contains($0.element) }
      guard let twice else { continue }
      throw Self.unexpected(path, "names that are different", "\(twice.element) twice", "Correct its table.")
    }
  }

  private static func parameters(of table: tuner_table) -> [(name: String, isLive: Bool)] {
    var next = table.parameters
    var parameters: [(name: String, isLive: Bool)] = []
    while let parameter = next?.pointee, let name = parameter.name {
      parameters.append((String(cString: name), parameter.is_live != 0))
      next = next?.successor()
    }
    return parameters
  }

  private static func metrics(of table: tuner_table) -> [String] {
    var next = table.metrics
    var metrics: [String] = []
    while let name = next?.pointee {
      metrics.append(String(cString: name))
      next = next?.successor()
    }
    return metrics
  }

  private static func unexpected(
    _ path: String, _ expected: String, _ found: String, _ remedy: String
  ) -> TrainingError {
    .invalid(subject: path, expected: expected, found: found, remedy: remedy)
  }
}

// What it offers, and what a study asks of it.
extension PluginLibrary {
  /// Checks that it has what a study asks for.
  ///
  /// - Throws: `TrainingError.invalid`, naming what it has not.
  public func check(_ configuration: PluginConfiguration) throws(TrainingError) {
    let names = parameters.map(\.name)
    for name in configuration.searched + configuration.settings.keys.sorted() where !names.contains(name) {
      throw .invalid(
        subject: configuration.searched.contains(name) ? "search.space" : "trainee.settings",
        expected:
          "a hyperparameter of \(path): \(names.isEmpty ? "it has none" : names.joined(separator: ", "))",
        found: name, remedy: "Correct the name.")
    }
    for name in configuration.metrics where !metrics.contains(name) {
      throw .invalid(
        subject: "trainee.metrics", expected: "of what \(path) measures: \(metrics.joined(separator: ", "))",
        found: name, remedy: "Correct the name.")
    }
    for (name, isLive) in parameters where !isLive && configuration.isLive(name) {
      throw .invalid(
        subject: "trainee.fixed", expected: "\(name), which \(path) cannot change while a trial runs",
        found: configuration.fixed.isEmpty ? "no names" : configuration.fixed.joined(separator: ", "),
        remedy: "Write fixed: [\((configuration.fixed + [name]).joined(separator: ", "))].")
    }
    guard configuration.keepsState, table.state == Int32(TUNER_STATE_NONE.rawValue) else { return }
    throw .invalid(
      subject: "trainee.state", expected: "false, because \(path) keeps no state", found: "true",
      remedy: "Write state: false; then every job trains from the beginning.")
  }

  /// `damping (live), size; measures residual; its state is one for all ranks`.
  public var offer: String {
    let names = parameters.map { $0.isLive ? "\($0.name) (live)" : $0.name }
    let state =
      switch table.state {
      case Int32(TUNER_STATE_SAME.rawValue): "its state is one for all ranks"
      case Int32(TUNER_STATE_OWN.rawValue): "every rank has a state of its own"
      default: "it keeps no state: every job trains from the beginning"
      }
    return "\(names.isEmpty ? "no hyperparameters" : names.joined(separator: ", ")); measures "
      + "\(metrics.joined(separator: ", ")); \(state)"
  }
}

extension PluginConfiguration {
  /// Whether a trial may change it while it runs.
  fileprivate func isLive(_ name: String) -> Bool {
    (searched.contains(name) || settings[name] != nil) && !fixed.contains(name)
  }
}
