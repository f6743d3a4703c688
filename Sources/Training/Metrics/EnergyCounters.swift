import Foundation

/// The counters of a host that tell how much energy it has used: of its processors by RAPL, which Linux shows under
/// `/sys/class/powercap`, and with a GPU of that by NVML.
final class EnergyCounters {
  /// A processor package's counter, in microjoules, which begins anew at its range.
  private struct Package {
    let path: String
    let range: Double
    var last: Double
  }

  private var packages: [Package] = []
  private let gpu: GPUEnergy?
  private var gpuStart = 0.0
  private var microjoules = 0.0
  private var nextLook = ContinuousClock.now

  /// How often the counters are looked at: they begin anew after some minutes at the soonest.
  private static let period = Duration.seconds(5)

  /// - Parameters:
  ///   - folder: where Linux shows the counters.
  ///   - countsHost: whether the processors count, too, or the GPU alone.
  ///   - gpu: the number of the rank's GPU on its node; nil for none.
  /// - Throws: `TrainingError.place` where a counter is missing or may not be read.
  init(in folder: String = "/sys/class/powercap", countsHost: Bool = true, gpu: Int? = nil)
    throws(TrainingError)
  {
    let names = countsHost ? (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] : []
    // `intel-rapl:0` is a package; `intel-rapl:0:1` a part of it.
    for name in names.sorted() where name.hasPrefix("intel-rapl:") && name.count(where: { $0 == ":" }) == 1 {
      let path = "\(folder)/\(name)"
      // The platform's counter has the packages in it.
      if let zone = Self.text(at: "\(path)/name"), !zone.hasPrefix("package") { continue }
      guard let last = Self.number(at: "\(path)/energy_uj"),
        let range = Self.number(at: "\(path)/max_energy_range_uj")
      else {
        throw Self.missing(found: "\(path)/energy_uj, which this user may not read")
      }
      packages.append(Package(path: path, range: range, last: last))
    }
    if packages.isEmpty && countsHost { throw Self.missing(found: "no counter in \(folder)") }
    self.gpu = try gpu.map { number throws(TrainingError) in try GPUEnergy(number) }
    gpuStart = self.gpu?.joules ?? 0
  }

  private static func missing(found: String) -> TrainingError {
    .place(
      subject: "the metric joules", expected: "a counter of energy: RAPL in /sys/class/powercap",
      found: found,
      remedy: "Ask whoever runs the host to let users read it, or take the metric out of the experiment.")
  }

  private static func number(at path: String) -> Double? { text(at: path).flatMap { Double($0) } }

  private static func text(at path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Called now and then, so that no counter begins anew twice unseen.
  func look() { if .now >= nextLook { count() } }

  /// Since the counters were made.
  var joules: Double {
    count()
    return microjoules * 1e-6 + (gpu.map { $0.joules - gpuStart } ?? 0)
  }

  private func count() {
    nextLook = .now + Self.period
    for place in packages.indices {
      guard let now = Self.number(at: "\(packages[place].path)/energy_uj") else { continue }
      let passed = now - packages[place].last
      microjoules += passed < 0 ? passed + packages[place].range : passed
      packages[place].last = now
    }
  }
}

/// A GPU's own counter, by NVIDIA's management library, which is asked for when it is needed: few hosts have it.
private final class GPUEnergy {
  private typealias Begin = @convention(c) () -> Int32
  private typealias Handle = @convention(c) (UInt32, UnsafeMutablePointer<OpaquePointer?>) -> Int32
  private typealias Energy = @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt64>) -> Int32

  private let device: OpaquePointer?
  private let energy: Energy

  init(_ number: Int) throws(TrainingError) {
    let library = dlopen("libnvidia-ml.so.1", RTLD_NOW)
    func function<Function>(_ name: String, as type: Function.Type) -> Function? {
      dlsym(library, name).map { unsafeBitCast($0, to: type) }
    }
    var device: OpaquePointer?
    var millijoules: UInt64 = 0
    guard library != nil, let begin = function("nvmlInit_v2", as: Begin.self),
      let handle = function("nvmlDeviceGetHandleByIndex_v2", as: Handle.self),
      let energy = function("nvmlDeviceGetTotalEnergyConsumption", as: Energy.self),
      begin() == 0, handle(UInt32(number), &device) == 0, energy(device, &millijoules) == 0
    else {
      throw .place(
        subject: "the metric joules", expected: "the GPU's counter of energy, by libnvidia-ml.so.1",
        found: "none",
        remedy:
          "Use a GPU and a driver that count it (Volta and later), or take the metric out of the experiment.")
    }
    (self.device, self.energy) = (device, energy)
  }

  /// What it told last, where it tells nothing now.
  private var last = 0.0

  var joules: Double {
    var millijoules: UInt64 = 0
    if energy(device, &millijoules) == 0 { last = Double(millijoules) * 1e-3 }
    return last
  }
}
