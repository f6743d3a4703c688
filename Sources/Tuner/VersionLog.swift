import JSON
public import Search

/// What a study was from when on, read from its journal line by line. Changes of where and how safely it runs make no
/// version.
struct VersionLog {
  /// The first version first.
  private(set) var versions: [StudyVersion] = []
  private var study = JSONValue.null

  mutating func take(_ line: JournalLine) {
    switch line.record {
    case .header(let header):
      study = header.study
      versions = [StudyVersion(number: 1, began: line.time, changes: [])]
    case .session(.studyChanged(let new, _)): change(to: new, at: line.time)
    default: return
    }
  }

  mutating func change(to new: JSONValue, at time: Double) {
    let changes = study.studyChanges(to: new).filter { !$0.isFree }
    study = new
    if changes.isEmpty { return }
    versions.append(
      StudyVersion(number: versions.count + 1, began: time, changes: changes.map(\.description)))
  }
}

extension Controller {
  /// What the study was from when on, this session's version last; of a new study one version.
  ///
  /// - Parameters:
  ///   - contents: the journal as the session found it.
  ///   - now: in seconds since 1970.
  public func versions(after contents: JournalContents?, now: Double) -> [StudyVersion] {
    var log = VersionLog()
    for line in contents?.landmarks ?? [] { log.take(line) }
    if log.versions.isEmpty { return [StudyVersion(number: 1, began: now, changes: [])] }
    log.change(to: study, at: now)
    return log.versions
  }
}
