import Glibc
import Randomness

/// Mirrors, shifts, crops, turns and blanks an image: each as the draws for its position in the stream say, which are
/// a function of (seed, position) alone. So the same image is changed in the same way, whichever rank computes it.
///
/// One map from the pixels of the result to places in the image does the first four; between pixels it is linear in
/// both directions. Where it only mirrors and shifts it takes whole pixels, so that nothing is blurred.
struct ImageAugmentation {
  private let options: Augmentation
  private let (channels, height, width): (Int, Int, Int)
  private let seed: UInt64

  /// Numbers kept apart for each position.
  private static let draws: UInt64 = 16

  /// - Parameter shape: `[channels, height, width]`.
  init(_ options: Augmentation, shape: [Int], seed: UInt64) {
    (self.options, self.seed) = (options, seed)
    (channels, height, width) = (shape[0], shape[1], shape[2])
  }

  /// Changes the image, `[channels, height, width]`, that is at this position of the stream.
  func change(_ image: UnsafeMutableBufferPointer<Float>, at position: Int) {
    var draws = CounterGenerator(
      seed: seed, purpose: .augmentation, position: UInt64(position) * Self.draws)
    let uniforms = draws.nextUniforms(Int(Self.draws))
    let map = map(uniforms)
    if !map.isIdentity {
      withUnsafeTemporaryAllocation(of: Float.self, capacity: image.count) { before in
        _ = before.initialize(fromContentsOf: image)
        for channel in 0..<channels {
          let plane = channel * height * width
          for y in 0..<height {
            for x in 0..<width {
              image[plane + y * width + x] = value(of: before, plane: plane, map, y, x)
            }
          }
        }
      }
    }
    blank(image, uniforms)
  }

  /// From a pixel of the result to a place in the image.
  private struct Map {
    var isMirrored = false
    /// In whole pixels.
    var shift = (y: 0, x: 0)
    /// The window's side as a share of the image's, and the angle in radians.
    var (scale, angle) = (1.0, 0.0)
    /// Of the window.
    var center = (y: 0.0, x: 0.0)

    var isWhole: Bool { scale == 1 && angle == 0 }
    var isIdentity: Bool { isWhole && !isMirrored && shift == (0, 0) }
  }

  private func map(_ uniforms: [Double]) -> Map {
    let strength = options.strength
    func symmetric(_ place: Int) -> Double { 2 * uniforms[place] - 1 }
    var map = Map()
    map.isMirrored = uniforms[0] < strength * options.flip
    map.shift.y = Self.shift(uniforms[1], atMost: strength * options.shift * Double(height))
    map.shift.x = Self.shift(uniforms[2], atMost: strength * options.shift * Double(width))
    map.scale = (1 - uniforms[3] * strength * options.crop).squareRoot()
    let left = (1 - map.scale, map.scale)
    map.center.y = Double(height) * (left.0 * uniforms[4] + left.1 / 2) - 0.5
    map.center.x = Double(width) * (left.0 * uniforms[5] + left.1 / 2) - 0.5
    map.angle = symmetric(6) * strength * options.rotation * Double.pi / 180
    return map
  }

  /// Any whole number of pixels in both directions, with equal probability.
  private static func shift(_ uniform: Double, atMost most: Double) -> Int {
    let most = Int(most.rounded())
    return Int(uniform * Double(2 * most + 1)) - most
  }

  private func value(
    of image: UnsafeMutableBufferPointer<Float>, plane: Int, _ map: Map, _ y: Int, _ x: Int
  ) -> Float {
    let (row, column) = (y - map.shift.y, (map.isMirrored ? width - 1 - x : x) - map.shift.x)
    func pixel(_ row: Int, _ column: Int) -> Float {
      guard row >= 0, row < height, column >= 0, column < width else { return 0 }
      return image[plane + row * width + column]
    }
    if map.isWhole { return pixel(row, column) }
    let fromCenter = (
      y: map.scale * (Double(row) - Double(height - 1) / 2),
      x: map.scale * (Double(column) - Double(width - 1) / 2)
    )
    let (sine, cosine) = (sin(map.angle), cos(map.angle))
    let place = (
      y: map.center.y + cosine * fromCenter.y - sine * fromCenter.x,
      x: map.center.x + sine * fromCenter.y + cosine * fromCenter.x
    )
    let (top, start) = (place.y.rounded(.down), place.x.rounded(.down))
    let (down, right) = (Float(place.y - top), Float(place.x - start))
    let (first, firstColumn) = (Int(top), Int(start))
    let above = (1 - right) * pixel(first, firstColumn) + right * pixel(first, firstColumn + 1)
    let below = (1 - right) * pixel(first + 1, firstColumn) + right * pixel(first + 1, firstColumn + 1)
    return (1 - down) * above + down * below
  }

  /// A square around any pixel, which may lie partly outside (DeVries and Taylor, "Improved regularization of
  /// convolutional neural networks with cutout", arXiv:1708.04552, §3).
  private func blank(_ image: UnsafeMutableBufferPointer<Float>, _ uniforms: [Double]) {
    let side = Int((options.strength * options.cutout * Double(min(height, width))).rounded())
    guard side > 0 else { return }
    let top = Int(uniforms[7] * Double(height)) - side / 2
    let start = Int(uniforms[8] * Double(width)) - side / 2
    for channel in 0..<channels {
      for y in max(top, 0)..<min(max(top + side, 0), height) {
        let row = (channel * height + y) * width
        for x in max(start, 0)..<min(max(start + side, 0), width) { image[row + x] = 0 }
      }
    }
  }
}
