import Search

/// Which jobs were at work when sessions of this program ended without a word: a job may be what ended them, by
/// claiming more memory than there is or by a library that ends the process, and would end the next session too.
///
/// A fold of the journal. After a session that ended in silence the next ones record what they give out. A job
/// that was at work at two such ends is under suspicion, and is given out when nothing else is at work; when it was at
/// work at three, and alone at one of them, it is taken for the cause. A job that saves its state on the way makes
/// progress, and is cleared.
struct Launches: Sendable {
  /// Ends after which a job fails that was alone at work at one of them.
  static let endsPerJob = 3
  private static let endsUntilSuspicion = 2

  /// True while a session has begun and not said how it ended.
  private var isOpen = false
  /// True when the session before ended in silence: this one records what it gives out.
  private(set) var isRecording = false
  /// What the present session has given out and not got back, where it records that.
  private var atWork: Set<JobID> = []
  private var ends: [JobID: Int] = [:]
  private var aloneEnds: [JobID: Int] = [:]

  /// A session begins; `unfinished` are the jobs that the one before may have had at work.
  mutating func began(unfinished: some Sequence<JobID>) {
    if isOpen { endedInSilence(unfinished) }
    (isRecording, isOpen, atWork) = (isOpen, true, [])
  }

  /// All lines are read: a last session that did not say how it ended, ended in silence.
  mutating func allRead(unfinished: some Sequence<JobID>) {
    if isOpen { endedInSilence(unfinished) }
    (isRecording, isOpen, atWork) = (isOpen, false, [])
  }

  mutating func gaveOut(_ job: JobID) { atWork.insert(job) }
  mutating func gotBack(_ job: JobID) { atWork.remove(job) }

  /// A job has saved its state on the way, or is answered: whatever happened before, it gets on.
  mutating func cleared(_ job: JobID) { (ends[job], aloneEnds[job]) = (nil, nil) }

  /// The session has said how it ended.
  mutating func ended() { (isOpen, atWork) = (false, []) }

  func isSuspect(_ job: JobID) -> Bool { ends[job, default: 0] >= Self.endsUntilSuspicion }
  func isConvicted(_ job: JobID) -> Bool {
    aloneEnds[job, default: 0] > 0 && ends[job, default: 0] >= Self.endsPerJob
  }

  private mutating func endedInSilence(_ unfinished: some Sequence<JobID>) {
    // The first silent end comes unprepared: any unfinished job may have been at work.
    for job in unfinished where !isRecording || atWork.contains(job) { ends[job, default: 0] += 1 }
    if isRecording, atWork.count == 1, let job = atWork.first { aloneEnds[job, default: 0] += 1 }
  }
}
