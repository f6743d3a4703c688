import Glibc

/// How a rank waits: it looks again at once for a while, because most messages are nearly there; then it lets
/// other processes have the core between two looks; then it sleeps, longer and longer. So a short wait costs
/// no latency, and a long one no core, even when ranks oversubscribe the cores.
public struct BackOff {
  /// The longest sleep between two looks, in microseconds.
  public let longestSleep: UInt32
  private let spins: Int
  private var looks = 0
  private var sleep: UInt32 = 50

  /// Looks with `sched_yield` between them: some 2 ms on an idle core.
  private static let yields = 4096

  /// - Parameter hasOwnCore: true when no other rank can want this core. Then a look costs nobody anything,
  ///   and the core is kept for about a millisecond instead of 20 µs: giving it away may cost as much as a
  ///   time slice.
  public init(longestSleep: UInt32 = 500, hasOwnCore: Bool = false) {
    self.longestSleep = longestSleep
    spins = hasOwnCore ? 16_384 : 256
  }

  /// For waits that are expected to be long: sleeps from the start.
  public static func sleeping(upTo longestSleep: UInt32) -> BackOff {
    var backOff = BackOff(longestSleep: longestSleep)
    backOff.looks = backOff.spins + yields
    return backOff
  }

  /// True once the waiting has come to sleeping: time enough for housekeeping between two looks.
  var isPatient: Bool { looks >= spins + Self.yields }

  /// True when this look should also look at the clock: reading it each time would cost as much as the look.
  var shouldCheckClock: Bool { isPatient || looks & 63 == 63 }

  /// Waits a little, longer each time.
  public mutating func pause() {
    looks &+= 1
    if looks < spins { return }
    if looks < spins + Self.yields {
      sched_yield()
      return
    }
    usleep(sleep)
    sleep = min(sleep + sleep / 2, longestSleep)
  }
}

/// The cores of this host that are in service. Not those that this process is bound to: a launcher that binds
/// gives each rank a core of its own.
public func coresOnHost() -> Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }
