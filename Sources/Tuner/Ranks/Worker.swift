import Foundation
public import MPI
import Search
public import Training

/// What every rank but the controller does, from the start of a run to its end.
public enum Worker {
  /// Joins the controller, works on what rank 0 leases this rank for until rank 0 ends the run. Collective over all
  /// ranks but rank 0, which makes an `MPICluster` meanwhile.
  ///
  /// - Parameter make: makes a trainer on each rank of a group, from a job and the group's communicator.
  /// - Returns: how the run ended for this rank.
  /// - Throws: `TunerError` when this rank can't go on. The controller has been told, if it could be.
  @discardableResult
  public static func run<T: Trainee & ~Copyable>(
    on world: borrowing Communicator, _ layout: RankLayout, _ options: WorkerOptions,
    making make: @escaping MakeTrainee<T>, renewing renew: @escaping RenewTrainee<T> = { _, _ in false }
  ) throws(TunerError) -> Departure {
    let lines = try ControlLines(joining: world, options)
    let rank = world.rank.rawValue
    // One line a host is enough.
    let isFirstOfHost = world.hosts.indices.first { $0 > 0 && world.hosts[$0] == world.hosts[rank] } == rank
    let pulse = Pulse(lines.pulse)
    let isElsewhere = world.hosts[rank] != world.hosts[0]
    pulse.start(
      every: options.secondsBetweenSigns,
      naming: isFirstOfHost
        ? SilenceNaming(
          seconds: options.secondsUntilWarning, host: world.hosts[0],
          otherHost: isElsewhere ? world.hosts[rank] : nil, warn: options.warn) : nil,
      ControllerPatience(
        ended: options.secondsWithoutWord, unheard: options.secondsUntilCutOff, meeting: secondsToMeet))
    defer { pulse.stop() }
    let host = RankHost(lines.mailbox, pulse, options)
    do throws(TunerError) {
      var worker = LeasedRank(
        rank: rank, host: host, pulse: pulse, groups: try GroupMaker(world, options), options: options,
        keeper: TraineeKeeper(making: make, renewing: renew))
      // Whoever cannot open it now says so when it is to lead a job.
      if case .root = layout.role(of: rank) { _ = try? host.lead() }
      try host.send(.here)
      if let orphaned = try worker.work() { return orphaned }
    } catch {
      if let orphaned = beOrphaned(by: error, host, pulse) { return orphaned }
      if let orphaned = try report(error, host, pulse) { return orphaned }
      throw error
    }
    return host.departure
  }

  /// Where rank 0 is lost: what is on its way to the disk gets there, and others have time for theirs, for whoever ends
  /// first may end all.
  ///
  /// - Returns: nil where rank 0 is there, or is heard of again.
  fileprivate static func beOrphaned(
    by error: TunerError, _ host: RankHost, _ pulse: Pulse
  ) -> Departure? {
    guard host.isControllerLost else { return nil }
    let least = Deadline.seconds(secondsToSaveAlone)
    // Whoever is out of sight may notice as late as that, and save only then.
    let untilAllNotice = host.options.secondsUntilCutOff - pulse.secondsOfSilence
    let longest = Deadline.seconds(
      secondsForOthers + (pulse.areRanksElsewhere ? max(0, untilAllNotice) : 0))
    while host.isControllerLost {
      host.followSaves()
      let isDone = !host.hasSavesUnderWay && !pulse.areRanksElsewhere && pulse.isRestOfNodeIdle
      if longest.hasPassed || isDone && least.hasPassed {
        return .orphaned(error, controller: pulse.controllerProcess)
      }
      usleep(100_000)
    }
    pulse.enter(.idle, nil)
    return nil
  }

  /// Tells rank 0, and stays until the run ends: a rank that left too early would make the launcher end it for all.
  ///
  /// - Returns: nil unless rank 0 is lost meanwhile.
  private static func report(
    _ failure: TunerError, _ host: RankHost, _ pulse: Pulse
  ) throws(TunerError) -> Departure? {
    var deadline = Deadline.seconds(longestRun)
    var mailFailure: TunerError?
    do throws(TunerError) { try host.send(.failed(failure)) } catch { mailFailure = error }
    var backOff = BackOff.sleeping(upTo: 20_000)
    while mailFailure == nil, !host.isLeaving, !deadline.hasPassed {
      if let orphaned = beOrphaned(by: failure, host, pulse) { return orphaned }
      do throws(TunerError) { try host.serve() } catch { mailFailure = error }
      backOff.pause()
    }
    if let mailFailure {
      // Perhaps because rank 0 is gone, which shows only later; then others have something to save.
      deadline = .seconds(host.options.secondsWithoutWord + secondsToSaveAlone)
      while !deadline.hasPassed {
        if let orphaned = beOrphaned(by: failure, host, pulse) { return orphaned }
        backOff.pause()
      }
      throw mailFailure
    }
    try host.send(.left)
    try host.mailbox.flush(within: host.options.patience)
    return nil
  }

  /// How long ranks that have lost rank 0 may still need to meet, for the snapshot of what they have reached.
  private static var secondsToMeet: Double { 3 }
  /// How long each then waits at least: others notice a little later.
  private static var secondsToSaveAlone: Double { 5 }
  /// And how long for those that may still save, such as one in a long step.
  private static var secondsForOthers: Double { 60 }

  /// No cluster grants a longer walltime: 30 days, in seconds.
  static var longestRun: Double { 30 * 86_400 }
}

/// How a run ended for a rank that trains.
public enum Departure: Sendable {
  /// All ranks are there: MPI can be finalized.
  case whole
  /// Some are lost. Rank 0 ends the run by `MPI_Abort`, which not every launcher heeds: when its process has ended,
  /// this rank ends by itself. Nil where that process cannot be seen, such as that of another node. Of the lost ones
  /// those on this host, which may only stand still: no launcher could end as long as they are there.
  case incomplete(controller: RankProcess?, lost: [RankProcess])
  /// Rank 0 is gone, or stands still. What this rank had to save is durable; it is to end the run, by `MPI_Abort`, with
  /// this error.
  case orphaned(TunerError, controller: RankProcess?)
}

/// The communicators between rank 0 and all others.
struct ControlLines {
  let mailbox: Mailbox
  let pulse: PulseLine

  /// Collective over `world`.
  init(joining world: borrowing Communicator, _ options: WorkerOptions) throws(TunerError) {
    do throws(MPIError) {
      var communicator = try world.duplicate(named: "control")
      communicator.patience = options.patience
      communicator.leaveToFinalize()
      mailbox = Mailbox(communicator)
      pulse = try PulseLine(world)
    } catch {
      throw TunerError(error, "joining the controller")
    }
  }
}

/// A rank that works on one lease after the other.
private struct LeasedRank<T: Trainee & ~Copyable> {
  /// Of the world.
  let rank: Int
  let host: RankHost
  let pulse: Pulse
  let groups: GroupMaker
  let options: WorkerOptions
  let keeper: TraineeKeeper<T>

  /// Works until rank 0 lets this rank go, and nothing is left to be saved.
  ///
  /// - Returns: nil unless rank 0 is lost.
  mutating func work() throws(TunerError) -> Departure? {
    var backOff = BackOff.sleeping(upTo: 1000)
    var lastLook: Deadline?
    while true {
      try host.serve()
      if let orphaned = beOrphaned() { return orphaned }
      if let lease = host.nextLease {
        try perform(lease)
        backOff = .sleeping(upTo: 1000)
        continue
      }
      if host.isLeaving, !host.hasSavesUnderWay {
        // Whoever sends something that nobody needs any more waits for it to be taken.
        let end = lastLook ?? .seconds(Self.secondsToPart)
        lastLook = end
        if !host.expectsLateStates || end.hasPassed { break }
      }
      try host.discardLateStates()
      backOff.pause()
    }
    try host.send(.left)
    try host.mailbox.flush(within: Self.secondsToPart)
    return nil
  }

  /// How long ranks that leave wait for each other's last messages.
  private static var secondsToPart: Double { 10 }

  /// Makes one attempt at a job, and tells rank 0 what it came to.
  private func perform(_ lease: Lease) throws(TunerError) {
    let start = ContinuousClock.now
    host.begin(lease)
    defer { host.end() }
    let ending: Ending
    do throws(JobFailure) {
      let group = try groups.group(for: lease) { pulse.begin(lease.attempt.number, cancelledBy: $0) }
      var execution = JobExecution(lease, on: group, of: host, options, by: keeper)
      // A rank among others is never paused.
      ending = execution.advance() ?? .stopped
    } catch {
      ending = if case .fault(let fault) = error { .fault(fault) } else { .stopped }
    }
    try tell(ending, lease, since: start)
  }

  private func tell(
    _ ending: Ending, _ lease: Lease, since start: ContinuousClock.Instant
  ) throws(TunerError) {
    let number = lease.attempt.number
    if case .fault(let fault) = ending, fault.cause == .peer {
      // The communicator is of no more use; whoever notices says so, for the root may be the one that is gone.
      groups.forget()
      return try host.send(.faulted(attempt: number, fault))
    }
    guard lease.ranks.first == rank else { return }
    for notice in try ending.notices(of: lease, since: start, on: host) { try host.send(notice) }
  }

  /// Rank 0 gives signs of life, too.
  private func beOrphaned() -> Departure? {
    guard let loss = pulse.controllerLoss else { return nil }
    let hosts = host.mailbox.communicator.hosts
    let place = hosts.indices.contains(rank) ? hosts[rank] : "an unknown host"
    let seconds = loss == .ended ? options.secondsWithoutWord : options.secondsUntilCutOff
    let error = TunerError(
      .system, subject: host.mailbox.place(of: .root), expected: "a sign of life within \(Int(seconds)) s",
      found: loss == .ended ? "that its process has ended" : "silence: rank 0 is not heard of from \(place)",
      remedy: "Look at that host and the network; the same command goes on from the journal.")
    return Worker.beOrphaned(by: error, host, pulse)
  }
}
