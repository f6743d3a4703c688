/// Commands that wait until their records are durable; all others go past them.
struct HeldCommands {
  private var held: [(command: Command, lines: Int)] = []

  var isEmpty: Bool { held.isEmpty }

  /// What is to be done now, in this order: what was held and need not wait longer, then these commands, less
  /// those that must wait.
  ///
  /// - Parameters:
  ///   - commands: of the batch whose records are the journal's last.
  ///   - written: lines of the journal.
  ///   - durable: how many of them are durable.
  mutating func due(with commands: [Command], written: Int, durable: Int) -> [Command] {
    let count = held.prefix { $0.lines <= durable }.count
    var due = held.prefix(count).map(\.command)
    held.removeFirst(count)
    for command in commands {
      if command.needsDurableRecords, written > durable {
        held.append((command, written))
      } else {
        due.append(command)
      }
    }
    return due
  }
}
