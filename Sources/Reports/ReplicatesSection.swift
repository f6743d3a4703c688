import Search

/// Configurations that several trials measured, compared with the best of them.
struct ReplicatesSection {
  var study: Study

  static let mostRows = 20

  /// Empty where every configuration was measured once.
  var markup: Markup {
    guard let comparison = ConfigurationComparison.of(study.history) else { return "" }
    let rows = comparison.candidates.prefix(Self.mostRows).enumerated().map { place, candidate in
      row(of: candidate, verdict: place == 0 ? nil : comparison.verdicts[place - 1])
    }
    let left = comparison.candidates.count - rows.count
    let remark = left > 0 ? " Not shown: \(Numerals.count(left, "further configuration"))." : ""
    return """
      <section>
      <h2>Replicates</h2>
      <p>Configurations with several trials at \(Numerals.count(comparison.budget)) \
      \(study.history.budgetUnit), the best mean first, with the bootstrap interval that covers the mean with \
      95%. The tests are of no difference from the first row (\(tests)), after Holm's correction: a small \
      probability says that the first one is better beyond chance.\(remark)</p>
      <div class="scroll"><table>
      <thead><tr><th>trials</th><th>mean</th><th>standard error</th><th>from</th><th>to</th>\
      <th>means differ by chance</th><th>ranks differ by chance</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table></div>
      </section>

      """
  }

  private var tests: String {
    study.history.areFolds == true
      ? "fold by fold: Nadeau and Bengio's of the means, Wilcoxon's of the signed ranks"
      : "Welch's of the means, Wilcoxon's of the ranks"
  }

  private func row(
    of candidate: ConfigurationComparison.Candidate, verdict: ConfigurationComparison.Verdict?
  ) -> Markup {
    let objective = study.history.objective
    let bounds = [objective.score(of: candidate.low), objective.score(of: candidate.high)].sorted()
    let shown = candidate.trials.prefix(8).map { "\($0.rawValue)" }.joined(separator: ", ")
    let rest = candidate.trials.count > 8 ? " and \(candidate.trials.count - 8) more" : ""
    return """
      <tr><td>\(shown)\(rest)</td><td>\(Numerals.text(objective.score(of: candidate.mean), digits: 5))</td>\
      <td>\(candidate.standardError.map { Numerals.text($0, digits: 2) } ?? "")</td>\
      <td>\(Numerals.text(bounds[0], digits: 5))</td><td>\(Numerals.text(bounds[1], digits: 5))</td>\
      <td>\(verdict?.means.map { Numerals.text($0, digits: 2) } ?? "")</td>\
      <td>\(verdict?.ranks.map { Numerals.text($0, digits: 2) } ?? "")</td></tr>

      """
  }
}
