import ArgumentParser
import Foundation
import Testing

@testable import tuner_mpi

/// What README and docs tell people to type: every line is one that the program takes, and what it names is there.
@Suite struct DocumentedCommandTests {
  @Test func `every documented command is one that the program takes`() throws {
    var count = 0
    for page in try Page.all() {
      for line in page.commands + page.mentions {
        guard !line.isSynopsis, let arguments = line.programArguments else { continue }
        count += 1
        #expect(throws: Never.self, "\(page.name):\(line.number): \(line.text)") {
          _ = try TunerMPI.parseAsRoot(arguments)
        }
      }
    }
    #expect(count > 60, "\(count)")
  }

  @Test func `every target of make is one`() throws {
    let makefile = try String(contentsOf: Page.root.appending(path: "Makefile"), encoding: .utf8)
    let targets = Set(makefile.matches(of: /(?m)^([a-z-]+):/).map { String($0.1) })
    var count = 0
    for page in try Page.all() {
      for line in page.commands where line.words.first == "make" {
        for word in line.words.dropFirst() where !word.contains("=") {
          count += 1
          #expect(targets.contains(word), "\(page.name):\(line.number): \(line.text)")
        }
      }
    }
    #expect(count > 8, "\(count)")
  }

  /// Paths from the project's root, in commands and in the text.
  @Test func `every file of the project that is named is there`() throws {
    let path =
      /(?:^|[\s`(=])((?:configs|slurm|pbs|packaging|Benchmarks|Sources|Tests|clients|docs)\/[A-Za-z0-9_.\/-]*[A-Za-z0-9_\/])/
    var count = 0
    for page in try Page.all() {
      for (number, line) in page.lines.enumerated() {
        for match in line.matches(of: path) {
          count += 1
          #expect(Page.isThere(String(match.1)), "\(page.name):\(number + 1): \(match.1)")
        }
      }
    }
    #expect(count > 40, "\(count)")
  }

  @Test func `every link of a page leads somewhere`() throws {
    let pages = try Page.all()
    var count = 0
    for page in pages {
      for (number, line) in page.lines.enumerated() {
        for match in line.matches(of: /\]\(([^)#\s]*)(?:#([^)\s]+))?\)/) where !match.1.contains("://") {
          count += 1
          let place = "\(page.name):\(number + 1): \(match.0)"
          let target =
            match.1.isEmpty ? page.url : page.url.deletingLastPathComponent().appending(path: String(match.1))
          let url = target.standardizedFileURL
          #expect(FileManager.default.fileExists(atPath: url.path), "\(place)")
          if let anchor = match.2, let other = pages.first(where: { $0.url == url }) {
            #expect(other.anchors.contains(String(anchor)), "\(place)")
          }
        }
      }
    }
    #expect(count > 100, "\(count)")
  }
}

/// A page of documentation.
struct Page {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().standardizedFileURL

  let url: URL
  let lines: [String]

  var name: String { url.lastPathComponent }

  static func all() throws -> [Page] {
    let docs = root.appending(path: "docs")
    let names = try FileManager.default.contentsOfDirectory(atPath: docs.path).filter { $0.hasSuffix(".md") }
      .sorted()
    return try ([root.appending(path: "README.md")] + names.map { docs.appending(path: $0) }).map { url in
      Page(
        url: url.standardizedFileURL,
        lines: try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n"))
    }
  }

  static func isThere(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  /// What a heading is called in a link: lower case, hyphens for spaces, without punctuation.
  var anchors: Set<String> {
    Set(
      lines.filter { $0.hasPrefix("#") }.map { line in
        let words = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
        return String(
          words.replacing(" ", with: "-").filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
      })
  }

  /// The lines of code for a shell: indented by four columns, or fenced as `sh` or as nothing.
  var commands: [CommandLine] {
    var (found, isFenced, isShell): ([CommandLine], Bool, Bool) = ([], false, false)
    var pending = ""
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("```") {
        isFenced.toggle()
        isShell = isFenced && ["```", "```sh", "```bash"].contains(line)
        continue
      }
      guard isFenced ? isShell : line.hasPrefix("    ") else { continue }
      let text = pending + line.trimmingCharacters(in: .whitespaces)
      pending = text.hasSuffix("\\") ? String(text.dropLast()) : ""
      if pending.isEmpty { found.append(CommandLine(number: index + 1, text: text)) }
    }
    return found
  }

  /// Commands within the text, between backticks, that are given something; others only name the command.
  var mentions: [CommandLine] {
    lines.enumerated().flatMap { index, line in
      line.matches(of: /`((?:tuner-mpi|mpirun) [^`]* [^-`][^` ]*)`/).map {
        CommandLine(number: index + 1, text: String($0.1))
      }
    }
  }

  struct CommandLine {
    var number: Int
    var text: String

    /// Whether it has a place for what may be left out, or for a kind, and is nothing to type.
    var isSynopsis: Bool { text.contains("[") || text.contains("...") || text.contains(#/ (NAME|SHELL)\b/#) }

    /// The first command's words, without variables before it, what is sent elsewhere, and the comment.
    var words: [String] {
      var words: [String] = []
      var (word, quote): (String?, Character?) = (nil, nil)
      func end() {
        if let word { words.append(word) }
        word = nil
      }
      scan: for character in text + " " {
        switch (character, quote) {
        case (quote, .some): quote = nil
        case (_, .some): word?.append(character)
        case ("'", nil), ("\"", nil): (quote, word) = (character, word ?? "")
        case (" ", nil): end()
        case ("#", nil) where word == nil: break scan
        case ("|", nil), (">", nil), ("<", nil), (";", nil), ("&", nil): break scan
        default: word = (word ?? "") + String(character)
        }
      }
      end()
      return Array(words.drop { $0.wholeMatch(of: /[A-Z_]+=.*/) != nil })
    }

    /// What the program is given; nil for another command.
    var programArguments: [String]? {
      let words = words
      func isProgram(_ word: String) -> Bool { word == "tuner-mpi" || word.hasSuffix("/tuner-mpi") }
      guard let first = words.first else { return nil }
      if isProgram(first) { return Array(words.dropFirst()) }
      guard ["mpirun", "srun", "apptainer"].contains(first), let place = words.firstIndex(where: isProgram)
      else {
        return nil
      }
      return Array(words[(place + 1)...])
    }
  }
}
