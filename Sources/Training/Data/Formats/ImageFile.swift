import CImages

/// A PNG or JPEG image, decoded.
struct ImageFile {
  let width: Int
  let height: Int
  /// `[height, width, 3]`: red, green and blue, from 0 to 255. What is transparent lies on white.
  private let pixels: [UInt8]

  /// Larger ones are damaged headers, or no training images.
  private static let mostPixels = 1 << 28

  /// - Throws: `TrainingError.data` for a file that cannot be read, or is damaged.
  init(path: String) throws(TrainingError) {
    let bytes = try CompressedFile.read(path)
    var (width, height): (CInt, CInt) = (0, 0)
    var message = [CChar](repeating: 0, count: 256)
    guard cimages_size(bytes, bytes.count, &width, &height, &message, message.count) == 0 else {
      throw Self.damaged(path, message)
    }
    let count = Int.clampedProduct([Int(width), Int(height)])
    guard width > 0, height > 0, count <= Self.mostPixels else {
      throw .data(
        path: path, expected: "an image of at most \(Self.mostPixels) pixels", found: "\(width) x \(height)",
        remedy: "Give a smaller image, or remove the file.")
    }
    // The pixels, and the planes of floats that they are on the way to another size.
    try MemoryDemand(bytes: (3 + 3 * MemoryLayout<Float>.stride) * count, purpose: "the pixels of \(path)")
      .require()
    var pixels = [UInt8](repeating: 0, count: 3 * count)
    guard cimages_decode(bytes, bytes.count, &pixels, &message, message.count) == 0 else {
      throw Self.damaged(path, message)
    }
    (self.width, self.height, self.pixels) = (Int(width), Int(height), pixels)
  }

  private static func damaged(_ path: String, _ message: [CChar]) -> TrainingError {
    let words = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return .data(
      path: path, expected: "a PNG or JPEG image", found: words.isEmpty ? "a damaged one" : words,
      remedy: "Replace the file, or remove it.")
  }

  /// Three planes, or one of brightness: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).
  ///
  /// - Parameter planes: `[channels, height, width]`.
  private func write(channels: Int, to planes: UnsafeMutablePointer<Float>) {
    let count = width * height
    for pixel in 0..<count {
      let (red, green, blue) = (
        Float(pixels[3 * pixel]), Float(pixels[3 * pixel + 1]), Float(pixels[3 * pixel + 2])
      )
      if channels == 1 {
        planes[pixel] = 0.299 * red + 0.587 * green + 0.114 * blue
      } else {
        (planes[pixel], planes[count + pixel], planes[2 * count + pixel]) = (red, green, blue)
      }
    }
  }

  /// Writes the image in another size: each pixel is the mean of the area that it covers.
  ///
  /// - Parameter shape: `[channels, height, width]`, of 1 or 3 channels.
  func write(as shape: [Int], to result: UnsafeMutablePointer<Float>) {
    let average = AreaAverage(
      channels: shape[0], height: height, width: width, toHeight: shape[1], width: shape[2])
    withUnsafeTemporaryAllocation(of: Float.self, capacity: shape[0] * width * height) { planes in
      write(channels: shape[0], to: planes.baseAddress!)
      average.apply(to: planes.baseAddress!, into: result)
    }
  }
}
