internal import CTorch

/// Where a tensor's elements lie and its operators run.
public enum Device: Hashable, Codable, Sendable {
  case cpu
  /// The GPU of this number on this node. Libtorch calls AMD's GPUs `cuda` too.
  case cuda(Int)
}

extension Device: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }
}

extension Device {
  /// Reads `cpu`, `cuda` (the first GPU) or `cuda:3`. Local; whether the GPU exists is for `available` to
  /// say.
  public init(parsing text: String) throws(TensorError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts[0], parts.dropFirst().first.map { Int($0) }) {
    case ("cpu", nil): self = .cpu
    case ("cuda", nil): self = .cuda(0)
    case ("cuda", .some(.some(let index))) where index >= 0: self = .cuda(index)
    default:
      throw TensorError(
        operation: "Device(parsing:)", shapes: [], message: "expected cpu, cuda or cuda:N, found '\(text)'",
        remedy: "Write cpu, cuda, or cuda: and the number of the GPU.")
    }
  }

  /// How many GPUs libtorch sees on this node; 0 with a CPU build.
  public static func cudaDeviceCount() throws(TensorError) -> Int {
    try TensorRuntime.load()
    let count = ctorch_cuda_device_count()
    guard count >= 0 else { throw TensorError.last("cudaDeviceCount", []) }
    return Int(count)
  }

  /// Throws unless this device can be used here.
  public func requireAvailable() throws(TensorError) {
    guard case .cuda(let index) = self else { return }
    let count = try Device.cudaDeviceCount()
    guard index < count else {
      throw TensorError(
        operation: "requireAvailable", shapes: [],
        message: "expected a GPU number below \(count), the GPUs that libtorch sees, found \(self)",
        remedy:
          "Use the device cpu, or link a PyTorch built for this node's GPUs (TORCH_HOME) and ask Slurm for one.",
        cause: .device)
    }
  }

  /// Waits for all work queued on this device; returns at once for the CPU.
  public func synchronize() throws(TensorError) {
    try checked("synchronize", ctorch_synchronize(raw))
  }

  /// Bytes of a GPU's memory that nobody has, or that this process keeps for its next tensors; 0 for the CPU.
  public func freeMemory() throws(TensorError) -> Int {
    let bytes = ctorch_free_memory(raw)
    guard bytes >= 0 else { throw TensorError.last("freeMemory", []) }
    return Int(bytes)
  }

  var raw: ctorch_device {
    switch self {
    case .cpu: ctorch_device(kind: 0, index: 0)
    case .cuda(let index): ctorch_device(kind: 1, index: Int32(clamping: index))
    }
  }

  init(raw: ctorch_device) {
    self = raw.kind == 0 ? .cpu : .cuda(Int(raw.index))
  }
}
