import Search

extension Population {
  /// Where a recorded population differs from this one, a line for each field of each member: then and now.
  ///
  /// - Parameter record: what was recorded; the same generation.
  func differences(from record: PopulationRecord) -> [String] {
    var lines: [String] = []
    if record.members.count != members.count {
      lines.append("members: \(record.members.count) then, \(members.count) now")
    }
    for (place, (then, now)) in zip(record.members, members).enumerated() {
      for (field, old, new) in Self.fields(then, now) where old != new {
        lines.append("member \(place), \(then.trial): \(field): \(old) then, \(new) now")
      }
    }
    return lines
  }

  private static func fields(
    _ then: Member, _ now: Member
  ) -> [(name: String, then: String, now: String)] {
    let names = Set(then.configuration.values.keys).union(now.configuration.values.keys).sorted()
    return [
      ("trial", "\(then.trial)", "\(now.trial)"), ("budget", "\(then.budget)", "\(now.budget)"),
      ("score", text(then.score), text(now.score)),
      ("weights from", then.origin.text, now.origin.text),
      ("checkpoint", then.checkpoint ?? "none", now.checkpoint ?? "none"),
    ] + names.map { ($0, text(then.configuration[$0]), text(now.configuration[$0])) }
  }

  private static func text(_ score: Double?) -> String { score.map { "\($0)" } ?? "none" }
  private static func text(_ value: ParameterValue?) -> String { value.map(\.text) ?? "none" }
}

extension Origin {
  /// Such as `fresh weights`, `its own at 3`, `trial 2 at 3`.
  var text: String {
    switch self {
    case .fresh: "fresh weights"
    case .resume(let budget): "its own at \(budget)"
    case .fork(let parent, let budget): "\(parent) at \(budget)"
    }
  }
}
