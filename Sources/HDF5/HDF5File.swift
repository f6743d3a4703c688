internal import CHDF5

/// A file open for reading; closed when it goes. May be used from any thread, one at a time inside the
/// library.
public struct HDF5File: ~Copyable, Sendable {
  /// The group `/`.
  public let root: HDF5Group
  private let handle: Handle

  /// Opens a file for reading, without locking it.
  ///
  /// - Parameter checksums: whether datasets without a checksum may be read.
  /// - Throws: `HDF5Error` when the file is missing, cut short, or not HDF5.
  public static func open(
    _ path: String, checksums: ChecksumPolicy = .verifiedWhenPresent
  ) throws(HDF5Error) -> HDF5File {
    let location = Location(file: path, object: "")
    return try Library.locked { () throws(HDF5Error) in
      let access = try accessProperties(at: location)
      let handle = try Handle(
        H5Fopen(path, chdf5_read_only(), access.raw), .file, from: "H5Fopen", at: location)
      return try HDF5File(handle, path: path, checksums: checksums)
    }
  }

  /// Replaces the file at `path` by one that `write` fills: written beside it, closed, made durable, renamed.
  /// A reader finds the old file or the new one, never half of one, whenever the writer is killed.
  ///
  /// When anything fails the file beside is removed and the old one untouched. A killed writer leaves
  /// `<path>.tmp.<process>.<number>` behind, which nobody else ever opens.
  ///
  /// - Parameter write: gets the root group of the new file, in which nothing can be read yet.
  public static func replace(
    _ path: String, with write: (borrowing HDF5Group) throws(HDF5Error) -> Void
  ) throws(HDF5Error) {
    try AtomicFile.replace(path) { (temporary: String) throws(HDF5Error) in
      let output = try NewFile(at: temporary, reportedAs: path)
      let file = try create(output, path: path)
      try write(file.root)
      try file.close()
      try output.finish()
    }
  }

  private static func create(_ output: NewFile, path: String) throws(HDF5Error) -> HDF5File {
    let location = Location(file: path, object: "")
    return try Library.locked { () throws(HDF5Error) in
      let access = try accessProperties(at: location)
      // Large arrays start at a page, as the system likes to write them.
      try check("H5Pset_alignment", at: location, H5Pset_alignment(access.raw, 65_536, 4_096))
      let creation = try Handle(
        H5Pcreate(chdf5_file_create()), .propertyList, from: "H5Pcreate", at: location)
      try HDF5Group.setCreationProperties(creation.raw, at: location)
      let handle = try output.withMemoryPath { (memory: String) throws(HDF5Error) in
        try Handle(
          H5Fcreate(memory, chdf5_truncate(), creation.raw, access.raw), .file, from: "H5Fcreate",
          at: location)
      }
      return try HDF5File(handle, path: path, checksums: .required, output: output)
    }
  }

  private init(
    _ handle: consuming Handle, path: String, checksums: ChecksumPolicy, output: NewFile? = nil
  ) throws(HDF5Error) {
    let location = Location(file: path, object: "/")
    root = HDF5Group(
      try Handle(H5Gopen2(handle.raw, "/", chdf5_default()), .group, from: "H5Gopen", at: location),
      at: location, checksums: checksums, output: output)
    self.handle = handle
  }

  private static func accessProperties(at location: Location) throws(HDF5Error) -> Handle {
    let access = try Handle(H5Pcreate(chdf5_file_access()), .propertyList, from: "H5Pcreate", at: location)
    try check("H5Pset_libver_bounds", at: location, chdf5_set_format(access.raw))
    // Whatever is still open in a file closes with it: otherwise the file stays open, and unwritten, behind
    // its back.
    try check("H5Pset_fclose_degree", at: location, H5Pset_fclose_degree(access.raw, H5F_CLOSE_STRONG))
    // A chunk that does not fit into the cache is decompressed again for every part of it that is read: room for a few
    // of the usual sizes, where the library's own has a mebibyte.
    try check("H5Pset_cache", at: location, H5Pset_cache(access.raw, 0, 1_009, 16 << 20, 0.75))
    return access
  }

  /// Writes out what the library still holds.
  private consuming func close() throws(HDF5Error) {
    let location = Location(file: root.location.file, object: "")
    let handle = handle
    try handle.close(at: location)
  }
}
