internal import CHDF5

// Attributes: small values that belong to a group or a dataset. `object` is a path from the group; `.` is the
// group itself. Attributes of strings have a fixed length, so that the library's own checksum covers them.

extension HDF5Group {
  /// Sets an attribute to a number.
  public func setAttribute<Scalar: HDF5Scalar>(
    _ name: String, to value: Scalar, on object: String = "."
  ) throws(HDF5Error) {
    try setNumbers(name, to: [value], shape: [], on: object)
  }

  /// Sets an attribute to a list of numbers.
  public func setAttribute<Scalar: HDF5Scalar>(
    _ name: String, to values: [Scalar], on object: String = "."
  ) throws(HDF5Error) {
    try setNumbers(name, to: values, shape: [values.count], on: object)
  }

  /// Sets an attribute to a text of at most 64,000 bytes of UTF-8. h5py gives it as bytes: `.decode()`.
  public func setAttribute(_ name: String, to value: String, on object: String = ".") throws(HDF5Error) {
    try setTexts(name, to: [value], shape: [], on: object)
  }

  /// Sets an attribute to a list of texts.
  public func setAttribute(_ name: String, to values: [String], on object: String = ".") throws(HDF5Error) {
    try setTexts(name, to: values, shape: [values.count], on: object)
  }

  /// Sets an attribute to true or false, an enumeration as h5py makes it.
  public func setAttribute(_ name: String, to value: Bool, on object: String = ".") throws(HDF5Error) {
    let location = attributeLocation(name, on: object)
    try Library.locked { () throws(HDF5Error) in
      let type = try Handle(
        H5Tenum_create(chdf5_file_int8()), .datatype, from: "H5Tenum_create", at: location)
      for (word, number) in [("FALSE", Int8(0)), ("TRUE", Int8(1))] {
        let status = withUnsafePointer(to: number) { H5Tenum_insert(type.raw, word, $0) }
        try check("H5Tenum_insert", at: location, status)
      }
      let number: [UInt8] = [value ? 1 : 0]
      try setAttribute(
        name, on: object, shape: [], memory: type.raw, file: type.raw, bytes: number.span.bytes)
    }
  }

  /// A number.
  public func attribute<Scalar: HDF5Scalar>(
    _ name: String, of object: String = ".", as type: Scalar.Type = Scalar.self
  ) throws(HDF5Error) -> Scalar {
    try read(name, object) { (attribute: borrowing OpenAttribute) throws(HDF5Error) in
      try attribute.single(try attribute.numbers(Scalar.self))
    }
  }

  /// A list of numbers.
  public func attribute<Scalar: HDF5Scalar>(
    _ name: String, of object: String = ".", as type: [Scalar].Type = [Scalar].self
  ) throws(HDF5Error) -> [Scalar] {
    try read(name, object) { (attribute: borrowing OpenAttribute) throws(HDF5Error) in
      try attribute.numbers(Scalar.self)
    }
  }

  /// A text.
  public func attribute(
    _ name: String, of object: String = ".", as type: String.Type = String.self
  ) throws(HDF5Error) -> String {
    try read(name, object) { (attribute: borrowing OpenAttribute) throws(HDF5Error) in
      try attribute.single(try attribute.texts())
    }
  }

  /// A list of texts.
  public func attribute(
    _ name: String, of object: String = ".", as type: [String].Type = [String].self
  ) throws(HDF5Error) -> [String] {
    try read(name, object) { (attribute: borrowing OpenAttribute) throws(HDF5Error) in try attribute.texts() }
  }

  /// True or false.
  public func attribute(
    _ name: String, of object: String = ".", as type: Bool.Type = Bool.self
  ) throws(HDF5Error) -> Bool {
    try read(name, object) { (attribute: borrowing OpenAttribute) throws(HDF5Error) in
      try attribute.single(try attribute.booleans())
    }
  }

  /// What an attribute's values are.
  public func attributeType(of name: String, on object: String = ".") throws(HDF5Error) -> ElementType {
    try read(name, object) { (attribute: borrowing OpenAttribute) in attribute.elementType }
  }

  /// Whether a group or a dataset has an attribute.
  public func hasAttribute(_ name: String, of object: String = ".") throws(HDF5Error) -> Bool {
    let location = attributeLocation(name, on: object)
    return try Library.locked { () throws(HDF5Error) in
      try requireMember(object, "a group or a dataset", at: self.location.appending(object))
      return try check(
        "H5Aexists", at: location, H5Aexists_by_name(handle.raw, object, name, chdf5_default())) > 0
    }
  }

  /// The names of the attributes of a group or a dataset, in alphabetical order.
  public func attributeNames(of object: String = ".") throws(HDF5Error) -> [String] {
    let location = location.appending(object)
    return try Library.locked { () throws(HDF5Error) in
      try requireMember(object, "a group or a dataset", at: location)
      let raw = H5Oopen(handle.raw, object, chdf5_default())
      try check("H5Oopen", at: location, raw)
      defer { H5Oclose(raw) }
      let count = try check("H5Aget_num_attrs", at: location, H5Aget_num_attrs(raw))
      var names: [String] = []
      for position in 0..<hsize_t(count) {
        names.append(
          try fixedText("H5Aget_name_by_idx", at: location) { buffer, size in
            H5Aget_name_by_idx(raw, ".", H5_INDEX_NAME, H5_ITER_INC, position, buffer, size, chdf5_default())
          })
      }
      return names
    }
  }
}

extension HDF5Group {
  private func attributeLocation(_ name: String, on object: String) -> Location {
    var location = location.appending(object)
    location.object += "@" + name
    return location
  }

  private func read<Value>(
    _ name: String, _ object: String,
    _ body: (borrowing OpenAttribute) throws(HDF5Error) -> Value
  ) throws(HDF5Error) -> Value {
    let location = attributeLocation(name, on: object)
    return try Library.locked { () throws(HDF5Error) in
      try requireMember(object, "a group or a dataset", at: self.location.appending(object))
      return try body(try OpenAttribute(name, of: handle.raw, object, at: location))
    }
  }

  private func setNumbers<Scalar: HDF5Scalar>(
    _ name: String, to values: [Scalar], shape: [Int], on object: String
  ) throws(HDF5Error) {
    try Library.locked { () throws(HDF5Error) in
      guard let types = Scalar.elementType.numberTypes else {
        throw attributeLocation(name, on: object).unexpected(
          expected: "a type of numbers", found: "\(Scalar.elementType)", remedy: "Use one of HDF5Scalar's.")
      }
      try setAttribute(
        name, on: object, shape: shape, memory: types.memory, file: types.file, bytes: values.span.bytes)
    }
  }

  private func setTexts(
    _ name: String, to values: [String], shape: [Int], on object: String
  ) throws(HDF5Error) {
    let location = attributeLocation(name, on: object)
    let texts = try FixedTexts(values, at: location)
    try Library.locked { () throws(HDF5Error) in
      let type = try texts.makeType(at: location)
      try setAttribute(
        name, on: object, shape: shape, memory: type.raw, file: type.raw, bytes: texts.bytes.span.bytes)
    }
  }

  /// Makes an attribute and fills it. Within `Library.locked`.
  private func setAttribute(
    _ name: String, on object: String, shape: [Int], memory: hid_t, file: hid_t, bytes: RawSpan
  ) throws(HDF5Error) {
    let location = attributeLocation(name, on: object)
    try checkName(name, at: location)
    guard bytes.byteCount <= 64_000 else {
      throw location.unexpected(
        expected: "at most 64,000 bytes in an attribute", found: "\(bytes.byteCount)",
        remedy: "Write it as a dataset.")
    }
    let space = try makeDataspace(shape, at: location)
    let attribute = try Handle(
      H5Acreate_by_name(
        handle.raw, object, name, file, space.raw, chdf5_default(), chdf5_default(), chdf5_default()),
      .attribute, from: "H5Acreate", at: location)
    if bytes.byteCount > 0 {
      let status = bytes.withUnsafeBytes { H5Awrite(attribute.raw, memory, $0.baseAddress) }
      try check("H5Awrite", at: location, status)
    }
  }
}
