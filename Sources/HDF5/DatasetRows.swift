internal import CHDF5

/// A dataset of floats or integers that stays open and is read some rows at a time: for what is larger than memory.
///
/// May be used from any thread, one at a time inside the library. A checksum is of a whole dataset, so none is
/// verified.
public final class DatasetRows: @unchecked Sendable {
  // In the order in which they must close.
  private let dataset: OpenDataset
  private let file: HDF5File

  /// The shape of the dataset; a row is what one index of its first dimension has.
  public var shape: [Int] { dataset.shape }

  /// - Parameter name: a path from the root of the file.
  /// - Throws: `HDF5Error` when file or dataset are missing or damaged, or when it does not hold floats or integers
  ///   in one dimension or more.
  public init(_ name: String, in path: String) throws(HDF5Error) {
    let file = try HDF5File.open(path)
    dataset = try Library.locked { () throws(HDF5Error) in
      let dataset = try OpenDataset(name, expecting: "a dataset of numbers", in: file.root)
      switch dataset.elementType {
      case .float, .signedInteger, .unsignedInteger: break
      default:
        throw dataset.location.unexpected(
          expected: "floats or integers, to be read on demand", found: "\(dataset.elementType)",
          remedy: "Write them as an array of numbers, such as 32-bit floats.")
      }
      guard !dataset.shape.isEmpty else {
        throw dataset.location.unexpected(
          expected: "rows", found: "a single value", remedy: "Write an array of numbers.")
      }
      _ = try dataset.elementCount(of: dataset.elementSize)
      return dataset
    }
    self.file = file
  }

  /// Reads rows, as 32-bit floats in C order.
  ///
  /// - Parameter values: as many as the rows have elements.
  public func read(
    _ rows: Range<Int>, into values: UnsafeMutableBufferPointer<Float>
  ) throws(HDF5Error) {
    let extents = [rows.count] + shape.dropFirst()
    guard rows.lowerBound >= 0, rows.upperBound <= shape[0], product(of: extents) == values.count else {
      throw dataset.location.unexpected(
        expected: "rows of the shape \(shape) and room for them",
        found: "rows \(rows), room for \(values.count)",
        remedy: "Ask for rows that are there.")
    }
    if values.isEmpty { return }
    let start = [hsize_t(rows.lowerBound)] + shape.dropFirst().map { _ in 0 }
    let counts = extents.map(hsize_t.init)
    try Library.locked { () throws(HDF5Error) in
      let location = dataset.location
      let space = try Handle(
        H5Dget_space(dataset.handle.raw), .dataspace, from: "H5Dget_space", at: location)
      try check(
        "H5Sselect_hyperslab", at: location,
        H5Sselect_hyperslab(space.raw, H5S_SELECT_SET, start, nil, counts, nil))
      let memory = try makeDataspace([values.count], at: location)
      try check(
        "H5Dread", at: location,
        H5Dread(
          dataset.handle.raw, chdf5_native_float(), memory.raw, space.raw, chdf5_default(), values.baseAddress
        ))
    }
  }
}
