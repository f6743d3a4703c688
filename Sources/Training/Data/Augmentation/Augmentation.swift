/// How training samples are changed before the model sees them. What is measured is never changed.
///
/// Each sample is changed as a function of (seed, position in the trial's stream), after it is standardized: what comes
/// in from outside of an image is 0, the mean of its channel.
public struct Augmentation: TrainingOptionGroup {
  /// What the five changes of single images are multiplied with.
  public var strength = 1.0
  public var shift = 0.0
  public var flip = 0.0
  public var crop = 0.0
  public var rotation = 0.0
  public var cutout = 0.0
  public var mixup = 0.0
  public var cutmix = 0.0

  public init() {}

  private static let share = NumberRange.from(0, through: 1)
  private static let exponent = NumberRange.from(0, through: 100)

  public static var options: [ConfigurationOption<Self>] {
    [
      .ofImages(
        "augmentation_strength", share, \.strength,
        "What shift, flip, crop, rotation and cutout are multiplied with."),
      .ofImages(
        "shift", share, \.shift,
        "The share of its sides by which an image is shifted at most, in whole pixels."),
      .ofImages("flip", share, \.flip, "The probability that an image is mirrored from left to right."),
      .ofImages(
        "crop", .from(0, below: 1), \.crop,
        "The share of an image's area that a random window leaves out at most, which is then enlarged to the whole."
      ),
      .ofImages(
        "rotation", .from(0, through: 180), \.rotation, "The degrees by which an image is turned at most."),
      .ofImages(
        "cutout", share, \.cutout,
        "The side of a square that is blanked, as a share of the image's shorter one."),
      .number(
        "mixup", exponent, \.mixup, isLive: true,
        "Alpha of the Beta distribution of the shares in which two samples and their losses are mixed; 0 mixes none."
      ).needing("classes to learn") { $0.data.task == .classification },
      .ofImages(
        "cutmix", exponent, \.cutmix,
        "Alpha of the Beta distribution of the share that a window from another image leaves; 0 pastes none."),
    ]
  }

  public func problems(in configuration: TrainingConfiguration) -> [TrainingError] {
    let mixing = [("mixup", mixup), ("cutmix", cutmix)].filter { $0.1 > 0 }
    // A sample and its partner are in two shares of a batch, which then are no samples of their own.
    if configuration.measuresNoise, let (name, value) = mixing.first {
      return [
        .invalid(
          subject: name, expected: "0 where gradient_noise_scale is measured",
          found: HyperparameterValue.number(value).description,
          remedy: "Measure it without mixing, or leave it out of curves.")
      ]
    }
    guard configuration.data.task != .classification else { return [] }
    var problems: [TrainingError] = []
    for (name, _) in mixing {
      problems.append(
        .invalid(
          subject: name, expected: "classes to learn", found: configuration.data.task.words,
          remedy: "Leave it out."))
    }
    return problems
  }

  /// What is wrong with it for this data.
  func problems(for data: TrainingData) -> [TrainingError] {
    if case .samples(let shape, _, _) = data.form, shape.count == 3 { return [] }
    let found =
      if case .samples(let shape, _, _) = data.form { "samples of shape \(shape)" } else { "a text" }
    let options = [
      ("shift", shift), ("flip", flip), ("crop", crop), ("rotation", rotation), ("cutout", cutout),
      ("cutmix", cutmix),
    ]
    return options.filter { $0.1 > 0 }.map {
      .invalid(
        subject: $0.0, expected: "images, of shape [channels, height, width]", found: found,
        remedy: "Leave it out, or give data of images.")
    }
  }
}

extension ConfigurationOption<Augmentation> {
  fileprivate static func ofImages(
    _ name: String, _ range: NumberRange, _ path: any Path<Double>, _ summary: String
  ) -> Self {
    .number(name, range, path, isLive: true, summary).needing("data of images") { $0.data.task != .language }
  }
}

extension Augmentation {
  /// What changes the images of these data; nil where nothing does, or where they are no images.
  func images(of data: TrainingData, seed: UInt64) -> ImageAugmentation? {
    guard strength > 0, [shift, flip, crop, rotation, cutout].contains(where: { $0 > 0 }),
      data.sampleShape.count == 3
    else { return nil }
    return ImageAugmentation(self, shape: data.sampleShape, seed: seed)
  }

  /// What mixes the samples of these data; nil where nothing does.
  func mixing(of data: TrainingData, seed: UInt64) -> SampleMixing? {
    let isImage = data.sampleShape.count == 3
    guard mixup > 0 || cutmix > 0 && isImage, case .samples(let shape, .classes, _) = data.form else {
      return nil
    }
    return SampleMixing(mixup: mixup, cutmix: isImage ? cutmix : 0, shape: shape, seed: seed)
  }
}
