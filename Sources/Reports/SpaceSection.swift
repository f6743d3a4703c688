import Search

/// What was searched: for a reader who does not have the experiment file.
struct SpaceSection {
  var space: SearchSpace

  var markup: Markup {
    guard !space.parameters.isEmpty else { return "" }
    let rows = space.parameters.map { parameter -> Markup in
      let condition = parameter.condition.map(\.description) ?? ""
      return """
        <tr><td class="words">\(parameter.name)</td><td class="words">\(parameter.domain.description)</td>\
        <td class="words">\(parameter.domain.scaleName)</td><td class="words">\(condition)</td></tr>

        """
    }
    return """
      <section>
      <h2>Search space</h2>
      <div class="scroll"><table>
      <thead><tr><th class="words">hyperparameter</th><th class="words">values</th>\
      <th class="words">scale</th><th class="words">only when</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table></div>
      \(constraints)</section>

      """
  }

  /// Empty when every combination is allowed.
  private var constraints: Markup {
    guard !space.constraints.isEmpty else { return "" }
    return """
      <p>Allowed: \(space.constraints.map(\.text).joined(separator: "; ")).</p>

      """
  }
}

extension Domain {
  fileprivate var scaleName: String {
    switch self {
    case .float(_, _, let scale), .integer(_, _, let scale), .quantized(_, _, _, let scale): scale.rawValue
    case .ordinal: "ordered"
    case .categorical: ""
    }
  }
}
