internal import CHDF5

/// A group of a file: a directory of named datasets, groups and links, with attributes. Closed when it goes,
/// or with its file.
///
/// Names are paths from this group: `a/b` is member `b` of group `a`, and writing makes the groups on the
/// way.
public struct HDF5Group: ~Copyable, Sendable {
  let handle: Handle
  let location: Location
  let checksums: ChecksumPolicy
  /// Where the bytes go; nil in a file that is open for reading.
  let output: NewFile?

  init(_ handle: consuming Handle, at location: Location, checksums: ChecksumPolicy, output: NewFile?) {
    self.handle = handle
    self.location = location
    self.checksums = checksums
    self.output = output
  }

  /// The path of this group's file, as it was given.
  public var file: String { location.file }

  /// This group's path in its file, from `/`.
  public var path: String { location.object }

  /// Makes a new group.
  public func makeGroup(_ name: String) throws(HDF5Error) -> HDF5Group {
    let location = location.appending(name)
    return try Library.locked { () throws(HDF5Error) in
      try checkName(name, at: location)
      let creation = try Handle(
        H5Pcreate(chdf5_group_create()), .propertyList, from: "H5Pcreate", at: location)
      try Self.setCreationProperties(creation.raw, at: location)
      let links = try linkProperties(at: location)
      let group = try Handle(
        H5Gcreate2(handle.raw, name, links.raw, creation.raw, chdf5_default()), .group, from: "H5Gcreate",
        at: location)
      return HDF5Group(group, at: location, checksums: checksums, output: output)
    }
  }

  /// Opens a group, following links.
  public func group(_ name: String) throws(HDF5Error) -> HDF5Group {
    let location = location.appending(name)
    return try Library.locked { () throws(HDF5Error) in
      try requireMember(name, "a group", at: location)
      let object = H5Oopen(handle.raw, name, chdf5_default())
      try check("H5Oopen", at: location, object)
      guard H5Iget_type(object) == H5I_GROUP else {
        H5Oclose(object)
        throw location.unexpected(
          expected: "a group", found: "a dataset or a type", remedy: "Read it as a dataset.")
      }
      return HDF5Group(
        try Handle(object, .group, from: "H5Oopen", at: location), at: location, checksums: checksums,
        output: output)
    }
  }

  /// The names of this group's members: in the order in which they were made where the file recorded it, as
  /// files of this library do, else by name.
  public func names() throws(HDF5Error) -> [String] {
    try Library.locked { () throws(HDF5Error) in
      let creation = try Handle(
        H5Gget_create_plist(handle.raw), .propertyList, from: "H5Gget_create_plist", at: location)
      var flags: CUnsignedInt = 0
      try check("H5Pget_link_creation_order", at: location, H5Pget_link_creation_order(creation.raw, &flags))
      let isOrdered = flags & chdf5_order_kept() == chdf5_order_kept()
      let index = isOrdered ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME
      var info = H5G_info_t()
      try check("H5Gget_info", at: location, H5Gget_info(handle.raw, &info))
      var names: [String] = []
      for position in 0..<info.nlinks {
        names.append(
          try fixedText("H5Lget_name_by_idx", at: location) { buffer, size in
            H5Lget_name_by_idx(
              handle.raw, ".", index, H5_ITER_INC, position, buffer, size, chdf5_default())
          })
      }
      return names
    }
  }

  /// Whether `name` leads to an object: false also for a link whose target is missing.
  public func contains(_ name: String) throws(HDF5Error) -> Bool {
    try Library.locked { () throws(HDF5Error) in
      try checkName(name, at: location.appending(name))
      return hasMember(name)
    }
  }
}

extension HDF5Group {
  /// How groups are made. Members keep their order. Attributes stay in the object's header whatever their
  /// number, because the header has a checksum of the library's own, and the heap for large ones has not.
  static func setCreationProperties(_ properties: hid_t, at location: Location) throws(HDF5Error) {
    try check(
      "H5Pset_link_creation_order", at: location, H5Pset_link_creation_order(properties, chdf5_order_kept()))
    try check("H5Pset_attr_phase_change", at: location, H5Pset_attr_phase_change(properties, 65_535, 65_534))
  }

  /// Properties of a new link: the groups on the way are made.
  func linkProperties(at location: Location) throws(HDF5Error) -> Handle {
    let links = try Handle(H5Pcreate(chdf5_link_create()), .propertyList, from: "H5Pcreate", at: location)
    try check(
      "H5Pset_create_intermediate_group", at: location, H5Pset_create_intermediate_group(links.raw, 1))
    try check("H5Pset_char_encoding", at: location, H5Pset_char_encoding(links.raw, H5T_CSET_UTF8))
    return links
  }

  func checkName(_ name: String, at location: Location) throws(HDF5Error) {
    if name.isEmpty || name.utf8.contains(0) {
      throw location.unexpected(
        expected: "a name of at least one letter and without NUL", found: name.debugDescription,
        remedy: "Give the member a name.")
    }
  }

  /// Whether every link on the way to `name` is there, and its target too. Within `Library.locked`.
  func hasMember(_ name: String) -> Bool {
    var path = name.hasPrefix("/") ? "/" : ""
    for part in name.split(separator: "/") {
      path += path.isEmpty || path.hasSuffix("/") ? String(part) : "/" + part
      guard path == "." || H5Lexists(handle.raw, path, chdf5_default()) > 0 else { return false }
      guard H5Oexists_by_name(handle.raw, path, chdf5_default()) > 0 else { return false }
    }
    return true
  }

  /// Says what is there instead when nothing is called `name`. Within `Library.locked`.
  func requireMember(_ name: String, _ expected: String, at location: Location) throws(HDF5Error) {
    try checkName(name, at: location)
    if hasMember(name) { return }
    let names = try names()
    let listed = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
    throw location.unexpected(
      expected: expected, found: "nothing there",
      remedy: names.isEmpty
        ? "\(self.location.object) is empty." : "\(self.location.object) holds \(listed).")
  }
}

/// A text that a function of the library writes into a buffer, telling its length first. Within
/// `Library.locked`.
func fixedText(
  _ call: String, at location: Location, _ get: (UnsafeMutablePointer<CChar>?, Int) -> Int
) throws(HDF5Error) -> String {
  let length = try check(call, at: location, get(nil, 0))
  var bytes = [CChar](repeating: 0, count: length + 1)
  try check(call, at: location, get(&bytes, bytes.count))
  return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
