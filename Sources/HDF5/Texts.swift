internal import CHDF5

// Datasets of text.

extension HDF5Group {
  /// Writes a new dataset of texts, with its checksum: UTF-8 of a fixed length, padded with NUL. h5py reads
  /// it by `dataset.asstr()[()]`.
  ///
  /// - Parameter shape: `[values.count]` unless it is given; empty for a single text.
  public func write(_ values: [String], shape: [Int]? = nil, as name: String) throws(HDF5Error) {
    let location = location.appending(name)
    let shape = shape ?? [values.count]
    guard shape.allSatisfy({ $0 >= 0 }), product(of: shape) == values.count else {
      throw location.unexpected(
        expected: "as many texts as the shape \(shape) has elements", found: "\(values.count)",
        remedy: "Pass the array's own shape.")
    }
    let texts = try FixedTexts(values, at: location)
    let type = try Library.locked { () throws(HDF5Error) in try texts.makeType(at: location) }
    let dataset = try makeDataset(name, shape: shape, type: type.raw, layout: .contiguous)
    try write(texts.bytes.span.bytes, to: dataset, type: type.raw, at: location)
    try setAttribute(Checksum.attribute, to: Checksum.crc32c(texts.bytes.span.bytes), on: name)
  }

  /// Writes a single text, of any length, as a dataset.
  public func write(_ value: String, as name: String) throws(HDF5Error) {
    try write([value], shape: [], as: name)
  }

  /// Reads a dataset of texts and verifies its checksum; other programs' texts of varying length, too.
  public func read(_ name: String, as type: String.Type) throws(HDF5Error) -> HDF5Array<String> {
    try requireComplete(location.appending(name))
    return try Library.locked { () throws(HDF5Error) in
      let dataset = try OpenDataset(name, expecting: "a dataset of text", in: self)
      guard dataset.elementType == .text else {
        throw dataset.location.unexpected(
          expected: "text", found: "\(dataset.elementType)", remedy: "Read it as what it holds.")
      }
      let (raw, type) = (dataset.handle.raw, dataset.type.raw)
      if H5Tis_variable_str(type) > 0 {
        let count = try dataset.elementCount(of: MemoryLayout<UInt>.size)
        let values = try variableTexts(count, type: type, at: dataset.location) {
          H5Dread(raw, type, chdf5_all(), chdf5_all(), chdf5_default(), $0)
        }
        return HDF5Array(values: values, shape: dataset.shape)
      }
      let size = H5Tget_size(type)
      let count = try dataset.elementCount(of: size)
      var bytes = [UInt8](repeating: 0, count: count * size)
      if count > 0 {
        try check(
          "H5Dread", at: dataset.location,
          H5Dread(raw, type, chdf5_all(), chdf5_all(), chdf5_default(), &bytes))
      }
      try dataset.verify(bytes.span.bytes, policy: checksums)
      let values = try FixedTexts(bytes: bytes, size: size, count: count)
        .values(type: type, at: dataset.location)
      return HDF5Array(values: values, shape: dataset.shape)
    }
  }
}

/// Texts of one length, padded with NUL: as they lie in a file.
struct FixedTexts {
  /// Bytes of each text, at least 1.
  let size: Int
  let count: Int
  /// Shape `[count, size]`.
  let bytes: [UInt8]

  init(_ values: [String], at location: Location) throws(HDF5Error) {
    for value in values where value.utf8.contains(0) {
      throw location.unexpected(
        expected: "text without NUL", found: value.debugDescription, remedy: "Write it as bytes.")
    }
    let size = max(1, values.map(\.utf8.count).max() ?? 1)
    self.size = size
    count = values.count
    bytes = values.flatMap { Array($0.utf8) + [UInt8](repeating: 0, count: size - $0.utf8.count) }
  }

  init(bytes: [UInt8], size: Int, count: Int) {
    self.bytes = bytes
    self.size = size
    self.count = count
  }

  /// The type of the texts, in memory and in the file. Within `Library.locked`.
  func makeType(at location: Location) throws(HDF5Error) -> Handle {
    let type = try Handle(H5Tcopy(chdf5_c_string()), .datatype, from: "H5Tcopy", at: location)
    try check("H5Tset_size", at: location, H5Tset_size(type.raw, size))
    try check("H5Tset_strpad", at: location, H5Tset_strpad(type.raw, H5T_STR_NULLPAD))
    try check("H5Tset_cset", at: location, H5Tset_cset(type.raw, H5T_CSET_UTF8))
    return type
  }

  /// The texts without their padding, which `type` says: Fortran programs pad with spaces. Within
  /// `Library.locked`.
  func values(type: hid_t, at location: Location) throws(HDF5Error) -> [String] {
    let hasSpaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD
    var values: [String] = []
    for index in 0..<count {
      var text = bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }
      while hasSpaces && text.last == UInt8(ascii: " ") { text.removeLast() }
      guard let value = String(validating: text, as: UTF8.self) else {
        throw location.unexpected(
          expected: "UTF-8", found: "other bytes", remedy: "Write the text in UTF-8.")
      }
      values.append(value)
    }
    return values
  }
}

/// Reads texts of varying length, which the library allocates. Within `Library.locked`.
func variableTexts(
  _ count: Int, type: hid_t, at location: Location,
  _ read: (UnsafeMutableRawPointer?) -> herr_t
) throws(HDF5Error) -> [String] {
  if count == 0 { return [] }
  let extent = [hsize_t(count)]
  let space = try Handle(H5Screate_simple(1, extent, nil), .dataspace, from: "H5Screate", at: location)
  var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
  let status = pointers.withUnsafeMutableBytes { read($0.baseAddress) }
  try check("reading text", at: location, status)
  let values = pointers.map { pointer in pointer.map { String(validatingCString: $0) } ?? "" }
  let reclaimed = pointers.withUnsafeMutableBytes {
    H5Dvlen_reclaim(type, space.raw, chdf5_default(), $0.baseAddress)
  }
  try check("H5Dvlen_reclaim", at: location, reclaimed)
  let texts = values.compactMap { $0 }
  guard texts.count == count else {
    throw location.unexpected(expected: "UTF-8", found: "other bytes", remedy: "Write the text in UTF-8.")
  }
  return texts
}
