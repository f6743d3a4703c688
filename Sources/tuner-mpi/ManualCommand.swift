import ArgumentParser
import Foundation

struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Prints the manual page of all commands, for man.",
    discussion: "tuner-mpi manual | man -l -")

  func run() throws {
    let description = Data(TunerMPI._dumpHelp().utf8)
    print(ManualPage(of: try JSONDecoder().decode(DescribedProgram.self, from: description).command).text)
  }
}

/// What the argument parser says of the program (`--experimental-dump-help`): all commands and options, once.
struct DescribedProgram: Decodable {
  var command: Command

  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var arguments: [Argument]?
    var subcommands: [Command]?
  }

  struct Argument: Decodable {
    enum Kind: String, Decodable { case positional, option, flag }

    struct Name: Decodable {
      enum Kind: String, Decodable { case long, short, longWithSingleDash }

      var kind: Kind
      var name: String

      /// `--set`, `-h`.
      var text: String { (kind == .long ? "--" : "-") + name }
    }

    var kind: Kind
    var names: [Name]?
    var valueName: String?
    var abstract: String?
    var defaultValue: String?
    var isOptional: Bool
    var isRepeating: Bool
  }
}

/// A page in the macros of man (groff_man(7)).
struct ManualPage {
  let text: String

  init(of program: DescribedProgram.Command) {
    let commands = (program.subcommands ?? []).filter { $0.commandName != "help" }
    var lines = [
      ".TH \(program.commandName.uppercased()) 1 \"\" \"\(program.commandName) \(TunerMPI.version)\" \"User Commands\"",
      ".ad l", ".nh", ".SH NAME", Self.escaped("\(program.commandName) - \(program.abstract ?? "")"),
      ".SH SYNOPSIS",
    ]
    for command in commands { lines += [".PP"] + Self.synopsis(of: command, program.commandName) }
    lines += [".SH DESCRIPTION"] + Self.paragraphs(program.discussion)
    lines += [".SH COMMANDS"]
    for command in commands {
      lines += [".SS " + Self.escaped(command.commandName), Self.escaped(command.abstract ?? "")]
      lines += Self.paragraphs(command.discussion) + (command.arguments ?? []).flatMap(Self.entry)
    }
    text = lines.joined(separator: "\n")
  }

  private static func synopsis(of command: DescribedProgram.Command, _ program: String) -> [String] {
    let words = (command.arguments ?? []).filter { !isEverywhere($0) }.map { argument in
      let value = "\\fI\(escaped(argument.valueName ?? ""))\\fR"
      let name = argument.names?.first.map { "\\fB\(escaped($0.text))\\fR" }
      let word = [name, argument.kind == .flag ? nil : value].compactMap(\.self).joined(separator: " ")
      return (argument.isOptional ? "[\(word)]" : word) + (argument.isRepeating ? "..." : "")
    }
    return ["\\fB\(escaped(program)) \(escaped(command.commandName))\\fR " + words.joined(separator: " ")]
  }

  private static func entry(of argument: DescribedProgram.Argument) -> [String] {
    guard !isEverywhere(argument) else { return [] }
    let names = argument.names?.map(\.text).joined(separator: ", ")
    let value = argument.kind == .flag ? nil : "\\fI\(escaped(argument.valueName ?? ""))\\fR"
    let heading = [names.map { "\\fB\(escaped($0))\\fR" }, value].compactMap(\.self).joined(separator: " ")
    let standard = argument.defaultValue.map { " (default: \($0))" } ?? ""
    return [".TP", heading, escaped((argument.abstract ?? "") + standard)]
  }

  /// Every command has them.
  private static func isEverywhere(_ argument: DescribedProgram.Argument) -> Bool {
    argument.names?.contains { ["help", "version"].contains($0.name) } ?? false
  }

  /// Paragraphs of several lines keep them.
  private static func paragraphs(_ text: String?) -> [String] {
    (text ?? "").split(separator: "\n\n").flatMap { paragraph in
      let lines = paragraph.split(separator: "\n").map { escaped(String($0)) }
      return lines.count == 1 ? [".PP"] + lines : [".PP", ".nf"] + lines + [".fi"]
    }
  }

  /// Backslashes, what would be a request at the start of a line, and hyphens that are minus signs.
  private static func escaped(_ text: String) -> String {
    let words = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return words.hasPrefix(".") || words.hasPrefix("'") ? "\\&\(words)" : words
  }
}
