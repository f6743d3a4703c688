import ArgumentParser

struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract:
      "Prints a script with which a shell completes this program's commands, options, files and kinds.",
    discussion: """
      tuner-mpi completions bash > ~/.local/share/bash-completion/completions/tuner-mpi
      tuner-mpi completions zsh > DIRECTORY-IN-FPATH/_tuner-mpi
      tuner-mpi completions fish > ~/.config/fish/completions/tuner-mpi.fish

      `make install` puts them where the shells look for them.
      """)

  /// The shells that scripts are made for.
  enum Shell: String, CaseIterable {
    case bash, zsh, fish

    fileprivate var parsers: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  @Argument(
    help: "The shell: \(names(Shell.self)).", completion: .names(of: Shell.self), transform: { try named($0) }
  )
  var shell: Shell

  func run() { print(TunerMPI.completionScript(for: shell.parsers)) }
}
