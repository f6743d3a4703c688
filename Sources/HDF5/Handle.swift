internal import CHDF5

/// The owner of one of the library's identifiers; closes it when it goes.
struct Handle: ~Copyable, Sendable {
  enum Kind: Sendable { case file, group, dataset, dataspace, datatype, attribute, propertyList }

  let raw: hid_t
  private let kind: Kind

  /// Takes over what `call` returned. Within `Library.locked`.
  init(_ raw: hid_t, _ kind: Kind, from call: String, at location: Location) throws(HDF5Error) {
    self.raw = try check(call, at: location, raw)
    self.kind = kind
  }

  deinit { Library.locked { _ = Self.close(raw, kind) } }

  /// Closes it now, where a failure matters: what a file still holds in memory is written when it is closed.
  consuming func close(at location: Location) throws(HDF5Error) {
    let (raw, kind) = (raw, kind)
    discard self
    try Library.locked { () throws(HDF5Error) in
      _ = try check(kind == .file ? "H5Fclose" : "closing", at: location, Self.close(raw, kind))
    }
  }

  private static func close(_ raw: hid_t, _ kind: Kind) -> herr_t {
    // A file closes all that is open in it; what remains of those handles is empty.
    guard H5Iis_valid(raw) > 0 else { return 0 }
    return switch kind {
    case .file: H5Fclose(raw)
    case .group: H5Gclose(raw)
    case .dataset: H5Dclose(raw)
    case .dataspace: H5Sclose(raw)
    case .datatype: H5Tclose(raw)
    case .attribute: H5Aclose(raw)
    case .propertyList: H5Pclose(raw)
    }
  }
}
