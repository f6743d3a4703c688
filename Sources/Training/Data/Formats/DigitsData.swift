/// The handwritten digits in the binary: 1,797 grey images `[1, 8, 8]`, values 0...16, ten classes.
///
/// scikit-learn's copy of the test part of "Optical Recognition of Handwritten Digits" (Alpaydin and
/// Kaynak, UCI Machine Learning Repository, 1998), CC BY 4.0; see Resources/README.md.
public struct DigitsData: DataFormat {
  public static let name = "digits"

  public init() {}

  public init(reading keys: some KeyReader) {}

  public var files: [String] { [] }

  public func load(beside main: DataSet?) throws(TrainingError) -> DataSet {
    let name = "the embedded digits"
    let text = try CompressedFile.unpack(PackageResources.digits_csv_gz, name: name)
    let pixels = 64
    var numbers: [Float] = []
    numbers.reserveCapacity(text.count / 2)
    var number = 0
    // Numbers of one or two digits, each followed by a comma or, at the end of a line, by a newline.
    for byte in text {
      if byte >= UInt8(ascii: "0") {
        number = number * 10 + Int(byte - UInt8(ascii: "0"))
      } else {
        numbers.append(Float(number))
        number = 0
      }
    }
    let count = numbers.count / (pixels + 1)
    var labels: [Int64] = []
    let values = try SampleMemory<Float>(count: count * pixels) { buffer in
      for sample in 0..<count {
        let row = sample * (pixels + 1)
        for pixel in 0..<pixels {
          buffer.initializeElement(at: sample * pixels + pixel, to: numbers[row + pixel])
        }
        labels.append(Int64(numbers[row + pixels]))
      }
    }
    return try .labelled(
      values: .memory(values), shape: [1, 8, 8], labels: labels, source: name, labelSource: name)
  }
}

extension DataConfiguration {
  public static let digits = Self(DigitsData())
}
