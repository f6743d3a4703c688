/// How gradients are shortened beside `TrainingConfiguration.gradientClip`, which is by their global norm and
/// comes last.
public struct GradientClipping: TrainingOptionGroup {
  /// The greatest magnitude of a gradient's element; 0 turns it off.
  public var value: Double = 0
  /// How much of the size of a unit's weights the size of its gradient may have; 0 turns it off.
  public var adaptive: Double = 0

  public init() {}

  public static var options: [ConfigurationOption<Self>] {
    [
      .number(
        "clip_value", .from(0, through: 1e30), \.value, isLive: true,
        "The greatest magnitude of a gradient's element; 0 turns it off."),
      .number(
        "adaptive_clip", .from(0, through: 1e30), \.adaptive, isLive: true,
        "How much of the norm of a unit's weights the norm of its gradient may have, such as 0.01; 0 turns it off."
      ),
    ]
  }
}
