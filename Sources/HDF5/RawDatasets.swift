internal import CHDF5

// Datasets whose type is known only when the program runs, straight from and into memory of the caller's.

/// What a dataset is, before its bytes are read.
public struct DatasetForm: Equatable, Sendable {
  public var type: ElementType
  /// Empty for a single value.
  public var shape: [Int]
  /// What its elements take in memory; the file holds as many.
  public var byteCount: Int
}

extension HDF5Group {
  /// Writes a new dataset, with its checksum.
  ///
  /// - Parameters:
  ///   - bytes: the elements in C order, little-endian, as many as the product of `shape`.
  ///   - type: numbers, 16-bit floats in IEEE 754's format among them, or Booleans, a byte each.
  ///   - shape: empty for a single value.
  ///   - name: a path from this group; groups on the way are made.
  public func write(
    _ bytes: RawSpan, of type: ElementType, shape: [Int], as name: String,
    layout: DatasetLayout = .contiguous
  ) throws(HDF5Error) {
    let location = location.appending(name)
    guard let size = type.byteCount, let types = Library.locked({ type.arrayTypes }) else {
      throw location.unexpected(
        expected: "a type of numbers", found: "\(type)", remedy: "Write numbers or Booleans.")
    }
    guard shape.allSatisfy({ $0 >= 0 }), product(of: shape + [size]) == bytes.byteCount else {
      throw location.unexpected(
        expected: "as many bytes as the shape \(shape) of \(type) has", found: "\(bytes.byteCount)",
        remedy: "Pass the array's own shape.")
    }
    let dataset = try makeDataset(name, shape: shape, type: types.file, layout: layout)
    try fill(dataset, named: name, with: bytes, type: types.memory, layout: layout)
  }

  /// What a dataset is: a damaged shape, which claims more than the file holds, is refused.
  ///
  /// - Throws: `HDF5Error` also when the dataset holds neither numbers nor Booleans.
  public func form(of name: String) throws(HDF5Error) -> DatasetForm {
    try requireComplete(location.appending(name))
    return try Library.locked { () throws(HDF5Error) in
      let dataset = try OpenDataset(name, expecting: "a dataset", in: self)
      guard let size = dataset.elementType.byteCount, dataset.elementType.arrayTypes != nil else {
        throw dataset.location.unexpected(
          expected: "numbers or Booleans", found: "\(dataset.elementType)", remedy: "Write it anew.")
      }
      let count = try dataset.elementCount(of: size)
      return DatasetForm(type: dataset.elementType, shape: dataset.shape, byteCount: count * size)
    }
  }

  /// Reads a dataset into `bytes`, and verifies its checksum.
  ///
  /// - Parameter form: as `form(of:)` found it; `bytes` holds as many.
  public func read(
    _ name: String, of form: DatasetForm, into bytes: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    precondition(bytes.count == form.byteCount, "\(bytes.count) bytes for \(form)")
    try Library.locked { () throws(HDF5Error) in
      let dataset = try OpenDataset(name, expecting: "a dataset", in: self)
      guard dataset.elementType == form.type, dataset.shape == form.shape, let types = form.type.arrayTypes
      else {
        throw dataset.location.unexpected(
          expected: "\(form.type) of shape \(form.shape)",
          found: "\(dataset.elementType) of shape \(dataset.shape)",
          remedy: "The file changed: read it again.")
      }
      if form.byteCount > 0 {
        let status = H5Dread(
          dataset.handle.raw, types.memory, chdf5_all(), chdf5_all(), chdf5_default(), bytes.baseAddress)
        try check("H5Dread", at: dataset.location, status)
      }
      try dataset.verify(UnsafeRawBufferPointer(bytes).bytes, policy: checksums)
    }
  }
}

extension ElementType {
  /// Bytes of an element in memory; nil for what is neither a number nor a Boolean.
  var byteCount: Int? {
    switch self {
    case .float(let bits), .signedInteger(let bits), .unsignedInteger(let bits): bits / 8
    case .boolean: 1
    case .text, .other: nil
    }
  }

  /// The library's types of an array's elements, in memory and in the file. Within `Library.locked`.
  var arrayTypes: (memory: hid_t, file: hid_t)? {
    switch self {
    case .float(bits: 16): (Self.half, Self.half)
    case .boolean: (Self.truth, Self.truth)
    default: numberTypes
    }
  }

  /// IEEE 754's format of 16 bits, which the library has no name for; below 0 where it cannot be made, which
  /// whoever uses it finds. Made once, and closed with the library.
  private static let half: hid_t = {
    let type = H5Tcopy(chdf5_file_float())
    H5Tset_fields(type, 15, 10, 5, 0, 10)
    H5Tset_size(type, 2)
    H5Tset_ebias(type, 15)
    return type
  }()

  /// FALSE and TRUE, as h5py makes them; otherwise as `half`.
  private static let truth: hid_t = {
    let type = H5Tenum_create(chdf5_file_int8())
    for (word, number) in [("FALSE", Int8(0)), ("TRUE", Int8(1))] {
      _ = withUnsafePointer(to: number) { H5Tenum_insert(type, word, $0) }
    }
    return type
  }()
}
