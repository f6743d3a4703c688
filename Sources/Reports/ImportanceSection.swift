import Search

/// Which hyperparameters mattered, as far as the measurements can tell: bars with whiskers.
struct ImportanceSection {
  /// Nil where too little was measured.
  var importance: Importance?
  /// Of budgets.
  var unit: String
  /// What stands beside the bars.
  var companion: Markup = ""

  static let (mostSingle, mostPairs) = (20, 5)
  /// Below this the forest does not know what it talks about.
  static let leastExplained = 0.1

  /// Empty where there is nothing to say.
  var markup: Markup {
    guard let importance else { return companion }
    return """
      <section id="importance">
      <h2>Importance</h2>
      <p>\(remark(on: importance))</p>
      <div class="two">
      \(figure(of: importance)?.markup ?? "")\(companion)</div>
      </section>

      """
  }

  /// Nil where the model explains too little to be shown.
  private func figure(of importance: Importance) -> Figure? {
    guard importance.explained >= Self.leastExplained else { return nil }
    let shares = importance.single.map(\.share)
    let order = shares.indices.sorted { (shares[$1], $0) < (shares[$0], $1) }.prefix(Self.mostSingle)
    let effects = order.map { importance.single[$0] } + importance.pairs.prefix(Self.mostPairs)
    let labels = effects.map { $0.parameters.joined(separator: " × ") }
    let reach = effects.map { $0.share + $0.deviation }.max() ?? 1
    let plot = Plot(
      width: 520, height: 66 + 22 * Double(effects.count), x: .linear(0, 100 * min(reach, 1), intervals: 5),
      y: .categories(labels.reversed()), xTitle: "share of the variance, %", longestLabel: 30)
    let bars = effects.enumerated().map { place, effect -> Markup in
      let row = Double(effects.count - 1 - place)
      let (low, high) = (
        100 * max(0, effect.share - effect.deviation), 100 * (effect.share + effect.deviation)
      )
      let title = "\(labels[place]): \(Numerals.share(effect.share)) ± \(Numerals.share(effect.deviation))"
      return plot.bar(
        from: 0, to: 100 * effect.share, row: row, style: place < order.count ? "bar" : "pair-bar",
        title: title)
        + plot.line(plot.path([(low, row), (high, row)]), style: "whisker", title: title)
    }
    return Figure(
      title: "What the score depends on",
      drawing: plot.drawing(plot.clipped(bars.joined()), summary: "Importance of hyperparameters"),
      caption:
        "Whiskers: the standard deviation over the forest's trees. Lighter: pairs, beyond what each does alone."
    )
  }

  private func remark(on importance: Importance) -> Markup {
    let measured = Numerals.count(importance.measurements, "measurement")
    let explained = Numerals.share(max(0, importance.explained))
    let head: Markup = """
      A random forest of \(measured) at \(Numerals.count(importance.budget)) \(unit) explains \
      \(explained) of the variance of those it has not seen.
      """
    guard importance.explained < Self.leastExplained else {
      return head
        + " Shares: what changing a hyperparameter does over the whole range, the others being anything "
        + "(functional analysis of variance)."
    }
    return head
      + " That is too little to say which hyperparameters mattered; more trials at this budget would tell."
  }
}
