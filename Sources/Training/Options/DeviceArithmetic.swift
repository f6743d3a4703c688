/// How a GPU computes; on the CPU nothing changes.
public struct DeviceArithmetic: TrainingOptionGroup {
  /// Whether matrix products and convolutions may round their 32-bit inputs to 10 bits of mantissa (NVIDIA's TF32):
  /// both or neither, where PyTorch rounds convolutions alone unless told otherwise.
  public var usesTF32 = false
  /// Whether only algorithms are used that give the same bits every time.
  public var isDeterministic = false

  public init() {}

  public static var options: [ConfigurationOption<Self>] {
    [
      .truth(
        "tf32", \.usesTF32,
        "Whether matrix products and convolutions on a GPU may use TF32: faster, with 3 digits."),
      .truth(
        "deterministic", \.isDeterministic,
        "Whether a GPU gives the same bits every time; an operator that cannot fails the trial."),
    ]
  }
}
