import Randomness
import Testing

@testable import Training

@Suite struct AugmentationTests {
  private static let shape = [2, 5, 4]

  private func changed(_ image: [Float], at position: Int, _ set: (inout Augmentation) -> Void) -> [Float] {
    var options = Augmentation()
    set(&options)
    var image = image
    image.withUnsafeMutableBufferPointer { image in
      ImageAugmentation(options, shape: Self.shape, seed: 7).change(image, at: position)
    }
    return image
  }

  private static let image = (0..<40).map { Float($0 + 1) }

  @Test func `a mirrored image is one with its columns reversed`() {
    let mirrored = changed(Self.image, at: 3) { $0.flip = 1 }
    let expected = stride(from: 0, to: 40, by: 4).flatMap { Self.image[$0..<$0 + 4].reversed() }
    #expect(mirrored == expected)
    #expect(changed(mirrored, at: 9) { $0.flip = 1 } == Self.image)
  }

  @Test func `a shift moves whole pixels and brings in zeros`() {
    var shifts: Set<[Int]> = []
    for position in 0..<300 {
      let moved = changed(Self.image, at: position) { $0.shift = 0.4 }
      var found: [Int]?
      for y in -2...2 {
        for x in -2...2 where moved == Self.shifted(y, x) { found = [y, x] }
      }
      shifts.insert(found ?? [])
    }
    #expect(shifts.count == 25 && !shifts.contains([]))
  }

  private static func shifted(_ down: Int, _ right: Int) -> [Float] {
    (0..<40).map { place in
      let (channel, y, x) = (place / 20, place / 4 % 5 - down, place % 4 - right)
      return (0..<5).contains(y) && (0..<4).contains(x) ? image[channel * 20 + y * 4 + x] : 0
    }
  }

  @Test func `a turned or cropped image keeps what is constant within it`() {
    let ones = [Float](repeating: 1, count: 40)
    for position in 0..<50 {
      // A window within the image sees no edge but the half pixel at its border.
      let cropped = changed(ones, at: position) { $0.crop = 0.5 }
      #expect(cropped[2 * 4 + 1] == 1 || abs(cropped[2 * 4 + 1] - 1) < 1e-6)
      let turned = changed(ones, at: position) { $0.rotation = 180 }
      #expect(abs(turned[2 * 4 + 1] - 1) < 1e-6)
    }
    // The slope of a plane is that of the window: its side over the image's.
    let plane = (0..<40).map { Float($0 % 4) }
    let cropped = changed(plane, at: 1) { $0.crop = 0.9 }
    let slope = cropped[2 * 4 + 2] - cropped[2 * 4 + 1]
    #expect(slope > 0.31 && slope < 1)
  }

  @Test func `cutout blanks a square in all channels`() {
    for position in 0..<50 {
      let cut = changed(Self.image, at: position) { $0.cutout = 0.5 }
      let blank = cut.indices.filter { cut[$0] == 0 }
      #expect((1...4).contains(blank.count { $0 < 20 }))
      #expect(blank.filter { $0 < 20 }.map { $0 + 20 } == blank.filter { $0 >= 20 })
    }
  }

  @Test func `no strength changes nothing, and a sample changes by its position alone`() {
    let all: (inout Augmentation) -> Void = {
      ($0.shift, $0.flip, $0.crop, $0.rotation, $0.cutout) = (0.3, 0.5, 0.5, 30, 0.4)
    }
    let changes = (0..<20).map { changed(Self.image, at: $0, all) }
    #expect(Set(changes).count > 18)
    for position in [11, 3] { #expect(changed(Self.image, at: position, all) == changes[position]) }
    #expect(
      changed(Self.image, at: 4) {
        all(&$0)
        $0.strength = 0
      } == Self.image)
  }

  /// Mean 1/2 and variance 1 / (4 (2α + 1)).
  @Test(arguments: [0.1, 0.4, 1, 3])
  func `shares are of the Beta distribution`(alpha: Double) {
    let draws = (0..<20_000).map { index in
      var draws = CounterGenerator(seed: 1, purpose: .augmentation, index: 1, position: UInt64(index) * 64)
      return draws.nextBeta(alpha)
    }
    let mean = draws.reduce(0, +) / 20_000
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean - 0.5) < 0.02)
    #expect(abs(variance * 4 * (2 * alpha + 1) - 1) < 0.03)
  }

  @Test func `a window of another image keeps as large a share as is left of the first`() {
    let mixing = SampleMixing(mixup: 0, cutmix: 1, shape: Self.shape, seed: 3)
    var sizes: Set<Int> = []
    for position in 0..<200 {
      var image = Self.image
      var other = Self.image.map { -$0 }
      let kept = image.withUnsafeMutableBufferPointer { image in
        other.withUnsafeMutableBufferPointer { mixing.mix(image, with: $0, at: position) }
      }
      let pasted = image.count { $0 < 0 }
      sizes.insert(pasted)
      #expect(kept == 1 - Float(pasted / 2) / 20)
      #expect(kept == mixing.kept(at: position))
    }
    #expect(sizes.count > 8)
  }

  @Test func `options of images are refused for other data`() throws {
    let folder = try TemporaryFolder()
    let samples = try folder.write(idxBytes([60, 3], (0..<180).map { UInt8($0) }), to: "samples")
    let labels = try folder.write(idxBytes([60], (0..<60).map { $0 % 2 }), to: "labels")
    let data = try TrainingData(.idx(images: samples, labels: labels), split: SplitFractions(), seed: 0)
    var configuration = TrainingConfiguration()
    configuration.batchSize = 8
    configuration.augmentation.flip = 0.5
    #expect(
      configuration.validate(with: data).map(\.description) == [
        "flip: expected images, of shape [channels, height, width], found samples of shape [3]. "
          + "Leave it out, or give data of images."
      ])
  }
}
