import Foundation
import Search

/// How the experiment was changed on the way: which trials were trained with what.
struct VersionsSection {
  var versions: [StudyVersion]

  /// Empty where it was never changed.
  var markup: Markup {
    guard versions.count > 1 else { return "" }
    return """
      <h3>Changes on the way</h3>
      <p>The experiment was changed while the study ran. The table of trials says under which version each was last \
      trained; trials.csv says it of every job.</p>
      <div class="scroll"><table>
      <thead><tr><th>version</th><th class="words">from</th><th class="words">what changed</th></tr></thead>
      <tbody>
      \(versions.map(row).joined())</tbody>
      </table></div>

      """
  }

  private func row(of version: StudyVersion) -> Markup {
    let date = Date(timeIntervalSince1970: version.began).formatted(.iso8601)
    let changes = version.changes.isEmpty ? "as it began" : version.changes.joined(separator: "; ")
    return """
      <tr><td>\(version.number)</td><td class="words">\(date)</td><td class="words">\(changes)</td></tr>

      """
  }
}
