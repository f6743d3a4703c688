import Search

/// A state on its way to the disk, and what follows when it is there.
enum SaveUnderWay {
  case unfinished(Saving, of: Lease)
  case reached(Reached, Saving, of: Lease)

  fileprivate var saving: Saving {
    switch self {
    case .unfinished(let saving, _), .reached(_, let saving, _): saving
    }
  }
}

/// The states that a root is saving, in the order in which they are written.
struct SaveQueue {
  private var saves: [SaveUnderWay] = []

  var isEmpty: Bool { saves.isEmpty }
  var reachedCount: Int { saves.count { if case .reached = $0 { true } else { false } } }

  mutating func append(_ save: SaveUnderWay) { saves.append(save) }

  /// What is to be told of those that have become durable, or have failed, since the last call. What a state on the way
  /// was needed for, goes with it.
  ///
  /// - Parameter job: at work now.
  /// - Returns: also a fault of a state on the way of that job, which hears of it when it next stops.
  mutating func notices(by files: JobFiles, for job: Job?) -> ([Notice], Fault?) {
    var notices: [Notice] = []
    var fault: Fault?
    while let save = saves.first, !save.saving.isUnderWay {
      saves.removeFirst()
      do throws(TunerError) {
        _ = try save.saving.isDurable()
        switch save {
        case .unfinished(_, let lease): notices.append(.saved(attempt: lease.attempt.number))
        case .reached(let reached, _, let lease):
          try files.delete(reached.unfinished)
          notices.append(.reported(attempt: lease.attempt.number, reached.report))
        }
      } catch {
        switch save {
        case .unfinished(_, let lease): if lease.job.id == job?.id { fault = fault ?? .storage(error) }
        case .reached(_, _, let lease):
          notices.append(.faulted(attempt: lease.attempt.number, .storage(error)))
        }
      }
    }
    return (notices, fault)
  }
}

extension Ending {
  /// What the root of a group tells rank 0 at the end of an attempt.
  func notices(
    of lease: Lease, since start: ContinuousClock.Instant, on host: any ExecutionHost
  ) throws(TunerError) -> [Notice] {
    let number = lease.attempt.number
    switch self {
    case .reached(let reached):
      guard let reached else { return [] }
      guard let saving = reached.saving else {
        return host.deleting(reached.unfinished, then: .reported(attempt: number, reached.report), number)
      }
      host.follow(.reached(reached, saving, of: lease))
      return [
        .released(attempt: number, stateBytes: reached.report.stateBytes, seconds: reached.report.seconds)
      ]
    case .stopped: return [.stopped(attempt: number)]
    case .lost(let state): return state.map { [.stateLost(attempt: number, $0)] } ?? []
    case .trial(let reason, let unfinished):
      let report = JobReport(
        failureOf: lease.job, on: lease.assignment.group, because: reason, since: start)
      return host.deleting(unfinished, then: .reported(attempt: number, report), number)
    case .fault(let fault): return [.faulted(attempt: number, fault)]
    }
  }
}

extension ExecutionHost {
  /// A notice, once files are gone that nobody needs any more.
  fileprivate func deleting(_ paths: [String], then notice: Notice, _ attempt: Int) -> [Notice] {
    do throws(TunerError) {
      if !paths.isEmpty { try files.delete(paths) }
      return [notice]
    } catch {
      return [.faulted(attempt: attempt, .storage(error))]
    }
  }
}
