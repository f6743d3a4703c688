import MPI
import Tensors

// What the place where a rank runs must have, whatever the trial.

extension TrainingConfiguration {
  /// Checks that this process can compute as the configuration says: once on every rank, before the first
  /// trial, so that no trial is blamed for what its host lacks. Local.
  ///
  /// - Parameter localRank: this rank's number among those of its node that train.
  /// - Throws: `TrainingError.place` when the device is absent, busy or of no use, or when the host has far
  ///   fewer cores than threads are asked for.
  public func checkPlace(localRank: Int = 0) throws(TrainingError) {
    try requireThreads(cores: coresOnHost())
    let device = try device.device(localRank: localRank)
    if resourceMetrics?.contains(.joules) ?? false {
      if case .cuda(let number) = device {
        _ = try EnergyCounters(gpu: number)
      } else {
        _ = try EnergyCounters()
      }
    }
    guard device != .cpu else { return }
    // A GPU that is listed may still be lost, or another process's alone.
    try library { () throws(TensorError) in
      _ = try Tensor.zeros([1], on: device)
      try device.synchronize()
    }
  }

  /// More threads than this end the process, which cannot start them, or only slow each other down.
  func requireThreads(cores: Int) throws(TrainingError) {
    let most = max(64, 16 * cores)
    guard threads > most else { return }
    throw .place(
      subject: "resources.threads_per_rank", expected: "at most \(most) threads on a host of \(cores) cores",
      found: "\(threads)", remedy: "Write the cores of a host, divided by the ranks that share it.")
  }
}

extension ComputeDevice {
  /// Which device a rank computes on.
  ///
  /// - Throws: `TrainingError.place` when it should be a GPU and there is none.
  func device(localRank: Int) throws(TrainingError) -> Device {
    guard self == .cuda else { return .cpu }
    let count = try library { () throws(TensorError) in try Device.cudaDeviceCount() }
    guard count > 0 else {
      throw .place(
        subject: "resources.device", expected: "a GPU that libtorch \(TensorRuntime.version) sees, for cuda",
        found: "none",
        remedy:
          "Use the device cpu, or link a PyTorch built for this node's GPUs (TORCH_HOME) and ask Slurm for one."
      )
    }
    return .cuda(localRank % count)
  }
}

extension TrainingError {
  /// What failed below, by whose fault it is, in its own words.
  init(_ error: TensorError) {
    let remedy = { (otherwise: String) in error.remedy ?? otherwise }
    let words = error.message.hasSuffix(".") ? String(error.message.dropLast()) : error.message
    switch error.cause {
    case .operation: self = .library(error.description)
    case .memory:
      self = .memory(
        subject: error.operation, expected: "the memory for it", found: words,
        remedy: remedy("Use a smaller batch or model, or fewer ranks on a device."))
    case .device:
      self = .place(
        subject: "resources.device", expected: "a device that computes",
        found: "\(error.operation): \(words)",
        remedy: remedy("Look at the GPU with nvidia-smi, and start the same command again."))
    case .library(let expected, let found):
      self = .place(subject: "libtorch", expected: expected, found: found, remedy: remedy("Build again."))
    }
  }
}

/// Runs what libtorch computes, and passes its errors on as training's.
func library<Result>(_ body: () throws(TensorError) -> Result) throws(TrainingError) -> Result {
  do throws(TensorError) { return try body() } catch { throw TrainingError(error) }
}
