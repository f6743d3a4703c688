internal import CHDF5

// Datasets of numbers.

extension HDF5Group {
  /// Writes a new dataset, with its checksum.
  ///
  /// - Parameters:
  ///   - values: in C order, the last index running fastest; as many as the product of `shape`.
  ///   - shape: empty for a single value.
  ///   - name: a path from this group; groups on the way are made.
  public func write<Scalar: HDF5Scalar>(
    _ values: Span<Scalar>, shape: [Int], as name: String, layout: DatasetLayout = .contiguous
  ) throws(HDF5Error) {
    guard shape.allSatisfy({ $0 >= 0 }), product(of: shape) == values.count else {
      throw location.appending(name).unexpected(
        expected: "as many values as the shape \(shape) has elements", found: "\(values.count)",
        remedy: "Pass the array's own shape.")
    }
    try write(values.bytes, of: Scalar.elementType, shape: shape, as: name, layout: layout)
  }

  /// Writes a new dataset, with its checksum; `shape` is `[values.count]` unless it is given.
  public func write<Scalar: HDF5Scalar>(
    _ values: [Scalar], shape: [Int]? = nil, as name: String, layout: DatasetLayout = .contiguous
  ) throws(HDF5Error) {
    try write(values.span, shape: shape ?? [values.count], as: name, layout: layout)
  }

  /// Reads a dataset and verifies its checksum.
  ///
  /// - Parameters:
  ///   - name: a path from this group; links are followed, also into other files.
  ///   - type: what the dataset must hold; nothing is converted but the order of bytes.
  ///   - shape: what the dataset's shape must be, when it matters.
  /// - Throws: `HDF5Error` when it is missing, of another type or shape, or damaged.
  public func read<Scalar: HDF5Scalar>(
    _ name: String, as type: Scalar.Type = Scalar.self, shape: [Int]? = nil
  ) throws(HDF5Error) -> HDF5Array<Scalar> {
    try read(name, as: type, shape: shape, converting: false)
  }

  /// As above; with `converting`, whatever numbers the dataset holds become `Scalar`s, as the library
  /// converts.
  func read<Scalar: HDF5Scalar>(
    _ name: String, as type: Scalar.Type, shape: [Int]? = nil, converting: Bool
  ) throws(HDF5Error) -> HDF5Array<Scalar> {
    try requireComplete(location.appending(name))
    return try Library.locked { () throws(HDF5Error) in
      let dataset = try OpenDataset(name, expecting: "a dataset of \(Scalar.elementType)", in: self)
      let isSame = dataset.elementType == Scalar.elementType
      guard isSame || converting, let types = Scalar.elementType.numberTypes else {
        throw dataset.location.unexpected(
          expected: "\(Scalar.elementType)", found: "\(dataset.elementType)",
          remedy: "Read it as what it holds, or write it anew.")
      }
      if let shape, shape != dataset.shape {
        throw dataset.location.unexpected(
          expected: "the shape \(shape)", found: "\(dataset.shape)",
          remedy: "The file is of another model or data set: check which one belongs here.")
      }
      let count = try dataset.elementCount(
        of: converting ? dataset.elementSize : MemoryLayout<Scalar>.size)
      var status: herr_t = 0
      let values = [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
        if count > 0 {
          status = H5Dread(
            dataset.handle.raw, types.memory, chdf5_all(), chdf5_all(), chdf5_default(), buffer.baseAddress)
        }
        initialized = status < 0 ? 0 : count
      }
      try check("H5Dread", at: dataset.location, status)
      // A checksum is of the numbers as they were written.
      if isSame { try dataset.verify(values.span.bytes, policy: checksums) }
      return HDF5Array(values: values, shape: dataset.shape)
    }
  }

  /// The shape of a dataset; empty for a single value.
  public func shape(of name: String) throws(HDF5Error) -> [Int] {
    try Library.locked { () throws(HDF5Error) in
      try OpenDataset(name, expecting: "a dataset", in: self).shape
    }
  }

  /// What a dataset's elements are.
  public func elementType(of name: String) throws(HDF5Error) -> ElementType {
    try Library.locked { () throws(HDF5Error) in
      try OpenDataset(name, expecting: "a dataset", in: self).elementType
    }
  }

  /// Makes a dataset without content.
  func makeDataset(
    _ name: String, shape: [Int], type: hid_t, layout: DatasetLayout
  ) throws(HDF5Error) -> Handle {
    let location = location.appending(name)
    return try Library.locked { () throws(HDF5Error) in
      try checkName(name, at: location)
      let space = try makeDataspace(shape, at: location)
      let creation = try Handle(
        H5Pcreate(chdf5_dataset_create()), .propertyList, from: "H5Pcreate", at: location)
      // Every element is written once, so filling the space with zeros first would only cost time; and its
      // place in the file must be known at once.
      try check("H5Pset_fill_time", at: location, H5Pset_fill_time(creation.raw, H5D_FILL_TIME_NEVER))
      try check("H5Pset_alloc_time", at: location, H5Pset_alloc_time(creation.raw, H5D_ALLOC_TIME_EARLY))
      try setLayout(layout, of: shape, in: creation.raw, at: location)
      let links = try linkProperties(at: location)
      return try Handle(
        H5Dcreate2(handle.raw, name, type, space.raw, links.raw, creation.raw, chdf5_default()), .dataset,
        from: "H5Dcreate", at: location)
    }
  }

  private func setLayout(
    _ layout: DatasetLayout, of shape: [Int], in creation: hid_t, at location: Location
  ) throws(HDF5Error) {
    guard case .chunked(let chunk) = layout else { return }
    guard chunk.count == shape.count, !chunk.isEmpty, chunk.allSatisfy({ $0 > 0 }) else {
      throw location.unexpected(
        expected: "a chunk of \(shape.count) extents above 0, as the shape \(shape) has", found: "\(chunk)",
        remedy: "Give one extent for each dimension, or use a contiguous layout.")
    }
    let extents = chunk.map(hsize_t.init)
    try check("H5Pset_chunk", at: location, H5Pset_chunk(creation, CInt(extents.count), extents))
  }

  /// Where a contiguous dataset's bytes begin in the file.
  private func offset(of dataset: borrowing Handle, at location: Location) throws(HDF5Error) -> Int {
    let raw = dataset.raw
    return try Library.locked { () throws(HDF5Error) in
      // The library says that it knows no address by the largest number.
      guard let offset = Int(exactly: H5Dget_offset(raw)) else {
        throw location.error(.library(call: "H5Dget_offset", stack: currentStack()))
      }
      return offset
    }
  }

  /// Writes a dataset's bytes, and its checksum beside it.
  func fill(
    _ dataset: borrowing Handle, named name: String, with bytes: RawSpan, type: hid_t, layout: DatasetLayout
  ) throws(HDF5Error) {
    let location = location.appending(name)
    let checksum: UInt32
    if let output, layout == .contiguous, !bytes.isEmpty {
      checksum = try output.write(bytes, at: try offset(of: dataset, at: location), for: location)
    } else {
      checksum = Checksum.crc32c(bytes)
      try write(bytes, to: dataset, type: type, at: location)
    }
    try setAttribute(Checksum.attribute, to: checksum, on: name)
  }

  /// Writes a dataset's bytes through the library.
  func write(
    _ bytes: RawSpan, to dataset: borrowing Handle, type: hid_t, at location: Location
  ) throws(HDF5Error) {
    if bytes.isEmpty { return }
    let raw = dataset.raw
    try Library.locked { () throws(HDF5Error) in
      let status = bytes.withUnsafeBytes {
        H5Dwrite(raw, type, chdf5_all(), chdf5_all(), chdf5_default(), $0.baseAddress)
      }
      try check("H5Dwrite", at: location, status)
    }
  }

  /// Refuses to read from a file that is being written: its arrays are elsewhere until it is complete.
  func requireComplete(_ location: Location) throws(HDF5Error) {
    if output == nil { return }
    throw location.unexpected(
      expected: "a file that is open for reading", found: "one that is being written",
      remedy: "Open it when it is complete.")
  }
}

/// A dataspace of this shape; empty for a single value. Within `Library.locked`.
func makeDataspace(_ shape: [Int], at location: Location) throws(HDF5Error) -> Handle {
  let extents = shape.map(hsize_t.init)
  return try Handle(
    shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(CInt(extents.count), extents, nil), .dataspace,
    from: "H5Screate", at: location)
}

/// The shape of a dataspace; nil where it is none that this room reads. Within `Library.locked`.
func shape(of space: hid_t) -> [Int]? {
  switch H5Sget_simple_extent_type(space) {
  case H5S_SCALAR: return []
  case H5S_SIMPLE: break
  default: return nil
  }
  let rank = H5Sget_simple_extent_ndims(space)
  guard rank >= 0 else { return nil }
  var extents = [hsize_t](repeating: 0, count: Int(rank))
  guard H5Sget_simple_extent_dims(space, &extents, nil) == rank else { return nil }
  let shape = extents.compactMap { Int(exactly: $0) }
  return shape.count == extents.count && product(of: shape) != nil ? shape : nil
}

/// The number of elements; nil when it exceeds an `Int`.
func product(of shape: [Int]) -> Int? {
  if shape.contains(0) { return 0 }
  var product = 1
  for extent in shape {
    let (next, overflow) = product.multipliedReportingOverflow(by: extent)
    if overflow { return nil }
    product = next
  }
  return product
}
