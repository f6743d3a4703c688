internal import CHDF5

/// How a name leads to an object.
public enum HDF5Link: Equatable, Sendable {
  /// The object itself, in this file.
  case hard
  /// Another path in this file, which need not exist.
  case soft(path: String)
  /// An object in another file, which need not exist. A relative `file` starts at the directory of the file
  /// that holds the link.
  case external(file: String, path: String)
}

extension HDF5Group {
  /// Makes `name` lead to `path` in this file.
  public func makeSoftLink(_ name: String, to path: String) throws(HDF5Error) {
    let location = location.appending(name)
    try Library.locked { () throws(HDF5Error) in
      try checkName(name, at: location)
      let links = try linkProperties(at: location)
      try check(
        "H5Lcreate_soft", at: location,
        H5Lcreate_soft(path, handle.raw, name, links.raw, chdf5_default()))
    }
  }

  /// Makes `name` lead to `path` in another file; a relative `file` starts at the directory of this one.
  public func makeExternalLink(_ name: String, to path: String, in file: String) throws(HDF5Error) {
    let location = location.appending(name)
    try Library.locked { () throws(HDF5Error) in
      try checkName(name, at: location)
      let links = try linkProperties(at: location)
      try check(
        "H5Lcreate_external", at: location,
        H5Lcreate_external(file, path, handle.raw, name, links.raw, chdf5_default()))
    }
  }

  /// How `name` leads to its object, without following it.
  public func link(_ name: String) throws(HDF5Error) -> HDF5Link {
    let location = location.appending(name)
    return try Library.locked { () throws(HDF5Error) in
      try checkName(name, at: location)
      var info = H5L_info_t()
      try check("H5Lget_info", at: location, chdf5_link_info(handle.raw, name, &info))
      if info.type == H5L_TYPE_HARD { return .hard }
      var value = [CChar](repeating: 0, count: chdf5_link_value_size(&info) + 1)
      try check(
        "H5Lget_val", at: location,
        H5Lget_val(handle.raw, name, &value, value.count - 1, chdf5_default()))
      if info.type == H5L_TYPE_SOFT {
        return .soft(path: value.withUnsafeBufferPointer { text($0.baseAddress) })
      }
      let (status, target) = value.withUnsafeBufferPointer { value in
        var (file, path): (UnsafePointer<CChar>?, UnsafePointer<CChar>?)
        var flags: CUnsignedInt = 0
        let status = H5Lunpack_elink_val(value.baseAddress, value.count - 1, &flags, &file, &path)
        return (status, HDF5Link.external(file: text(file), path: text(path)))
      }
      try check("H5Lunpack_elink_val", at: location, status)
      return target
    }
  }
}
