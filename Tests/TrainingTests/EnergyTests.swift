import Foundation
import Testing

@testable import Training

@Suite struct EnergyTests {
  private static func set(_ microjoules: Int, of package: String, in folder: TemporaryFolder) throws {
    let path = folder.file(package)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try "\(microjoules)\n".write(toFile: path + "/energy_uj", atomically: false, encoding: .utf8)
    try "1000000000\n".write(toFile: path + "/max_energy_range_uj", atomically: false, encoding: .utf8)
  }

  @Test func `packages are summed without their parts, and a counter that began anew goes on`() throws {
    let folder = try TemporaryFolder()
    try Self.set(5_000_000, of: "intel-rapl:0", in: folder)
    try Self.set(999_000_000, of: "intel-rapl:1", in: folder)
    try Self.set(1, of: "intel-rapl:0:0", in: folder)
    let counters = try EnergyCounters(in: folder.path)
    #expect(counters.joules == 0)
    try Self.set(7_500_000, of: "intel-rapl:0", in: folder)
    try Self.set(3_000_000, of: "intel-rapl:1", in: folder)
    try Self.set(900, of: "intel-rapl:0:0", in: folder)
    #expect(abs(counters.joules - 6.5) < 1e-9)
  }

  @Test func `the platform's counter, which has the packages in it, is left out`() throws {
    let folder = try TemporaryFolder()
    for (zone, name) in [("intel-rapl:0", "package-0"), ("intel-rapl:1", "psys")] {
      try Self.set(1_000_000, of: zone, in: folder)
      try "\(name)\n".write(toFile: folder.file(zone) + "/name", atomically: false, encoding: .utf8)
    }
    let counters = try EnergyCounters(in: folder.path)
    for zone in ["intel-rapl:0", "intel-rapl:1"] { try Self.set(3_000_000, of: zone, in: folder) }
    #expect(abs(counters.joules - 2) < 1e-9)
  }

  @Test func `a host without counters is refused in words`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) { _ = try EnergyCounters(in: folder.path) }
    #expect(
      error?.description
        == "the metric joules: expected a counter of energy: RAPL in /sys/class/powercap, found no "
        + "counter in \(folder.path). Ask whoever runs the host to let users read it, or take the metric out of the "
        + "experiment.")
  }
}
