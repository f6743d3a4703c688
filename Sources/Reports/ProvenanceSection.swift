/// Where the results are from.
struct ProvenanceSection {
  var context: RunContext

  /// Empty where nothing is known.
  var markup: Markup {
    guard !context.provenance.isEmpty else { return "" }
    let rows = context.provenance.map { name, text -> Markup in
      "<tr><td class=\"words\">\(name)</td><td class=\"words wide\">\(text)</td></tr>\n"
    }
    return """
      <section id="provenance">
      <h2>Provenance</h2>
      <div class="scroll"><table>
      <tbody>
      \(rows.joined())</tbody>
      </table></div>
      </section>

      """
  }
}
