import Search

/// Which hyperparameters mattered, as far as the measurements can tell.
struct ImportanceSection {
  /// Nil where too little was measured.
  var importance: Importance?
  /// Of budgets.
  var unit: String

  static let mostPairs = 5
  /// Below this the forest does not know what it talks about.
  static let leastExplained = 0.1

  /// Empty where there is nothing to say.
  var markup: Markup {
    guard let importance else { return "" }
    let shares = importance.single.map(\.share)
    let order = shares.indices.sorted { (shares[$1], $0) < (shares[$0], $1) }
    let rows = order.map { row(of: importance.single[$0], shuffling: importance.shufflings[$0]) }
    let pairs = importance.pairs.prefix(Self.mostPairs).map { row(of: $0, shuffling: nil) }
    return """
      <section>
      <h2>Importance</h2>
      <p>\(remark(on: importance))</p>
      <div class="scroll"><table>
      <thead><tr><th class="words">hyperparameter</th><th>share of the variance</th><th>±</th>\
      <th>error when shuffled</th></tr></thead>
      <tbody>
      \((rows + pairs).joined())</tbody>
      </table></div>
      </section>

      """
  }

  private func remark(on importance: Importance) -> Markup {
    let measured = Numerals.count(importance.measurements, "measurement")
    let head: Markup = """
      A random forest of \(measured) at \(Numerals.count(importance.budget)) \(unit) explains \
      \(Self.percent(max(0, importance.explained))) of the variance of those it has not seen. Shares: what \
      changing a hyperparameter does over the whole range, the others being anything; of pairs, what two do \
      beyond that. Shuffled: how much the mean squared error grows, over the variance.
      """
    guard importance.explained < Self.leastExplained else { return head }
    return head + " That is too little to rely on what follows."
  }

  private func row(of effect: Importance.Effect, shuffling: Importance.Shuffling?) -> Markup {
    """
    <tr><td class="words">\(effect.parameters.joined(separator: " × "))</td>\
    <td>\(Self.percent(effect.share))</td><td>\(Self.percent(effect.deviation))</td>\
    <td>\(shuffling.map { Self.percent($0.increase) } ?? "")</td></tr>

    """
  }

  private static func percent(_ share: Double) -> String {
    "\(Numerals.text((share * 1000).rounded() / 10))%"
  }
}
