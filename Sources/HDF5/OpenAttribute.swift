internal import CHDF5

/// An attribute being read. Made and used within `Library.locked`.
struct OpenAttribute: ~Copyable {
  private let handle: Handle
  private let type: Handle
  let elementType: ElementType
  private let count: Int
  private let location: Location

  init(_ name: String, of place: hid_t, _ object: String, at location: Location) throws(HDF5Error) {
    let exists = H5Aexists_by_name(place, object, name, chdf5_default())
    guard try check("H5Aexists", at: location, exists) > 0 else {
      throw location.unexpected(
        expected: "an attribute \(name)", found: "none",
        remedy: "The file is of another kind or version: check its path.")
    }
    let handle = try Handle(
      H5Aopen_by_name(place, object, name, chdf5_default(), chdf5_default()), .attribute, from: "H5Aopen",
      at: location)
    let type = try Handle(H5Aget_type(handle.raw), .datatype, from: "H5Aget_type", at: location)
    let space = try Handle(H5Aget_space(handle.raw), .dataspace, from: "H5Aget_space", at: location)
    guard let shape = shape(of: space.raw), let count = product(of: shape) else {
      throw location.unexpected(
        expected: "a single value or an array", found: "neither", remedy: "Write it anew.")
    }
    elementType = ElementType(of: type.raw)
    self.handle = handle
    self.type = type
    self.location = location
    self.count = count
  }

  /// The elements, of exactly this type.
  func numbers<Scalar: HDF5Scalar>(_: Scalar.Type) throws(HDF5Error) -> [Scalar] {
    guard elementType == Scalar.elementType, let types = Scalar.elementType.numberTypes else {
      throw unexpectedType(Scalar.elementType)
    }
    try checkStorage(MemoryLayout<Scalar>.size)
    var status: herr_t = 0
    let values = [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0 { status = H5Aread(handle.raw, types.memory, buffer.baseAddress) }
      initialized = status < 0 ? 0 : count
    }
    try check("H5Aread", at: location, status)
    return values
  }

  func booleans() throws(HDF5Error) -> [Bool] {
    guard elementType == .boolean else { throw unexpectedType(.boolean) }
    return try bytes(elementSize: 1).map { $0 != 0 }
  }

  func texts() throws(HDF5Error) -> [String] {
    guard elementType == .text else { throw unexpectedType(.text) }
    if H5Tis_variable_str(type.raw) > 0 {
      return try variableTexts(count, type: type.raw, at: location) { H5Aread(handle.raw, type.raw, $0) }
    }
    let size = H5Tget_size(type.raw)
    return try FixedTexts(bytes: try bytes(elementSize: size), size: size, count: count)
      .values(type: type.raw, at: location)
  }

  /// The one element of an attribute that must not be a list.
  func single<Value>(_ values: [Value]) throws(HDF5Error) -> Value {
    guard values.count == 1 else {
      throw location.unexpected(
        expected: "a single value", found: "a list of \(values.count)", remedy: "Read it as a list.")
    }
    return values[0]
  }

  private func bytes(elementSize: Int) throws(HDF5Error) -> [UInt8] {
    try checkStorage(elementSize)
    var bytes = [UInt8](repeating: 0, count: count * elementSize)
    if !bytes.isEmpty { try check("H5Aread", at: location, H5Aread(handle.raw, type.raw, &bytes)) }
    return bytes
  }

  /// A damaged shape must not claim the machine's memory.
  private func checkStorage(_ elementSize: Int) throws(HDF5Error) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: elementSize)
    let stored = H5Aget_storage_size(handle.raw)
    if overflow || UInt64(bytes) > stored || stored > 1 << 32 {
      throw location.unexpected(
        expected: "\(count) elements of \(elementSize) bytes", found: "storage for \(stored) bytes",
        remedy: "The file is damaged: use an older one or a copy.")
    }
  }

  private func unexpectedType(_ expected: ElementType) -> HDF5Error {
    location.unexpected(
      expected: "\(expected)", found: "\(elementType)", remedy: "Read it as what it holds, or write it anew.")
  }
}
