internal import CHDF5

/// A dataset being read: what is known of it before its bytes. Made and used within `Library.locked`.
struct OpenDataset: ~Copyable {
  let handle: Handle
  /// The element type as the file has it.
  let type: Handle
  let elementType: ElementType
  let shape: [Int]
  /// In the file that holds the dataset, which a link may have led to.
  let location: Location

  init(_ name: String, expecting expected: String, in group: borrowing HDF5Group) throws(HDF5Error) {
    let named = group.location.appending(name)
    try group.requireMember(name, expected, at: named)
    let object = H5Oopen(group.handle.raw, name, chdf5_default())
    try check("H5Oopen", at: named, object)
    guard H5Iget_type(object) == H5I_DATASET else {
      H5Oclose(object)
      throw named.unexpected(expected: expected, found: "a group", remedy: "Name one of its members.")
    }
    let handle = try Handle(object, .dataset, from: "H5Oopen", at: named)
    let location = try Self.place(of: object, named)
    let type = try Handle(H5Dget_type(object), .datatype, from: "H5Dget_type", at: location)
    let space = try Handle(H5Dget_space(object), .dataspace, from: "H5Dget_space", at: location)
    guard let shape = HDF5.shape(of: space.raw) else {
      throw location.unexpected(
        expected: "a single value or an array", found: "neither", remedy: "Write it anew.")
    }
    elementType = ElementType(of: type.raw)
    self.handle = handle
    self.type = type
    self.location = location
    self.shape = shape
  }

  /// Bytes of an element in the file.
  var elementSize: Int { H5Tget_size(type.raw) }

  /// The number of elements, once it is certain that the file holds that many of `size` bytes: a damaged
  /// shape must not claim the machine's memory.
  func elementCount(of size: Int) throws(HDF5Error) -> Int {
    let count = product(of: shape) ?? 0
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    let stored = H5Dget_storage_size(handle.raw)
    let held = stored.multipliedReportingOverflow(by: try compression())
    if overflow || !held.overflow && UInt64(bytes) > held.partialValue {
      throw location.unexpected(
        expected: "the \(count) elements of the shape \(shape)", found: "storage for \(stored) bytes",
        remedy: "The file is damaged or was never filled: use another one.")
    }
    let file = try Handle(H5Iget_file_id(handle.raw), .file, from: "H5Iget_file_id", at: location)
    var length: hsize_t = 0
    try check("H5Fget_filesize", at: location, H5Fget_filesize(file.raw, &length))
    if stored > length {
      throw location.unexpected(
        expected: "a file of at least \(stored) bytes", found: "\(length)",
        remedy: "The file is damaged: use an older one or a copy.")
    }
    return count
  }

  /// How many bytes one byte in the file may stand for: many only in chunks, which other programs compress.
  /// Deflate reaches 1,032.
  private func compression() throws(HDF5Error) -> UInt64 {
    let creation = try Handle(
      H5Dget_create_plist(handle.raw), .propertyList, from: "H5Dget_create_plist", at: location)
    return H5Pget_layout(creation.raw) == H5D_CHUNKED ? 1_100 : 1
  }

  /// Compares the bytes with the stored checksum.
  func verify(_ bytes: RawSpan, policy: ChecksumPolicy) throws(HDF5Error) {
    guard try check("H5Aexists", at: location, H5Aexists(handle.raw, Checksum.attribute)) > 0 else {
      if policy == .verifiedWhenPresent { return }
      throw location.unexpected(
        expected: "an attribute \(Checksum.attribute)", found: "none",
        remedy: "The file was not written by this program: read it without requiring checksums.")
    }
    let attribute = try OpenAttribute(Checksum.attribute, of: handle.raw, ".", at: location)
    let expected = try attribute.numbers(UInt32.self)
    let found = Checksum.crc32c(bytes)
    guard expected == [found] else {
      throw location.error(.checksum(expected: expected.first ?? 0, found: found))
    }
  }

  /// The place of an object, in the file that holds it: another one than `named.file` behind an external
  /// link.
  private static func place(of object: hid_t, _ named: Location) throws(HDF5Error) -> Location {
    let own = try fixedText("H5Fget_name", at: named) { H5Fget_name(object, $0, $1) }
    if own == named.file { return named }
    return Location(
      file: own, object: try fixedText("H5Iget_name", at: named) { H5Iget_name(object, $0, $1) })
  }
}
