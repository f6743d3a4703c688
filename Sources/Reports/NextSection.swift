/// What one may do next: commands, and what to add to the one that started the run.
struct NextSection {
  var context: RunContext

  /// Empty where nothing is known.
  var markup: Markup {
    guard !context.commands.isEmpty else { return "" }
    let rows = context.commands.map { command -> Markup in
      """
      <p>\(command.purpose)</p>
      <pre class="copy"><code>\(command.line)</code></pre>

      """
    }
    return """
      <section id="next">
      <h2>Next</h2>
      \(rows.joined())</section>

      """
  }
}
