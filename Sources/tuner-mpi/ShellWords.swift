/// Commands as a POSIX shell reads them, so that a printed line can be pasted.
enum ShellWords {
  /// A command from its words.
  static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

  /// One word: as it is where no shell sees anything special in it, in single quotes otherwise (POSIX.1-2017,
  /// Shell Command Language, 2.2.2).
  static func quoted(_ word: String) -> String {
    if isPlain(word) { return word }
    // By scalars: Swift takes a quote with an accent after it for another character.
    var quoted = "'"
    for scalar in word.unicodeScalars {
      if scalar == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(scalar) }
    }
    return quoted + "'"
  }

  /// Letters, digits and marks without a meaning. `=` has one, in some shells, at the beginning of a word.
  private static func isPlain(_ word: String) -> Bool {
    guard let first = word.unicodeScalars.first, first != "=" else { return false }
    return word.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789_@%+=:,./-".unicodeScalars.contains(scalar))
    }
  }
}

/// How this program was started: what a printed command begins with.
struct Invocation {
  /// The program, then its arguments.
  let words: [String]
  /// How many ranks a launcher started; nil for the program alone.
  let ranks: String?

  init(words: [String] = CommandLine.arguments, environment: [String: String]) {
    self.words = words
    ranks = environment["OMPI_COMM_WORLD_SIZE"] ?? environment["PMI_SIZE"]
  }

  private var launcher: [String] { ranks.map { ["mpirun", "-n", $0] } ?? [] }

  /// The same command again.
  var again: String { ShellWords.line(launcher + words) }

  /// The same command with one setting of the experiment file, in the place of earlier ones of the same key;
  /// before a `--`, after which nothing is an option.
  func again(setting key: String, to value: String) -> String {
    let end = words.firstIndex(of: "--") ?? words.endIndex
    var options: [String] = []
    var rest = words[..<end]
    while let word = rest.popFirst() {
      if word.hasPrefix("--set=\(key)=") { continue }
      if word == "--set", rest.first?.hasPrefix("\(key)=") == true {
        rest.removeFirst()
        continue
      }
      options.append(word)
    }
    return ShellWords.line(launcher + options + ["--set", "\(key)=\(value)"] + words[end...])
  }

  /// Another command of this program.
  func command(_ arguments: String...) -> String {
    ShellWords.line([words.first ?? "tuner-mpi"] + arguments)
  }
}
