/// What a dataset holds: its elements and its shape.
public struct HDF5Array<Element: Sendable>: Sendable {
  /// In C order, the last index running fastest; as many as the product of `shape`.
  public var values: [Element]
  /// Empty for a single value.
  public var shape: [Int]

  public init(values: [Element], shape: [Int]) {
    self.values = values
    self.shape = shape
  }
}

extension HDF5Array: Equatable where Element: Equatable {}

/// How a dataset lies in its file.
public enum DatasetLayout: Equatable, Sendable {
  /// In one piece: as fast as a plain file.
  case contiguous
  /// In pieces of this shape, each at most the dataset's own extent and below 4 GiB.
  case chunked([Int])
}

/// Which datasets must have a checksum when they are read. One that is there is always verified.
public enum ChecksumPolicy: Equatable, Sendable {
  /// Files of other programs, which have none.
  case verifiedWhenPresent
  /// Files of this library: a missing checksum is an error.
  case required
}
