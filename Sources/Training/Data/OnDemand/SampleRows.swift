/// An array in a file, read some rows at a time: what a row has is a sample. One more format of such files is
/// a type that conforms.
///
/// Any thread may read.
protocol SampleRows: Sendable {
  /// A row is what one index of the first dimension has.
  var shape: [Int] { get }

  /// Reads rows, as 32-bit floats in C order.
  ///
  /// - Parameter values: as many as the rows have elements.
  /// - Throws: `TrainingError.data` naming file, rows and what is wrong.
  func read(_ rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>) throws(TrainingError)
}
