internal import HDF5

// The state of a checkpoint file.
//
// Block `optimizer.first_moment` is the group `/optimizer/first_moment`, and each of its entries a dataset
// there. What lies between the entries of a block, its padding, is not stored; where each one lies is, so
// that a block comes back as it was, with zeros between.

extension HDF5Group {
  func write(_ snapshot: Snapshot) throws(HDF5Error) {
    try write(snapshot.progress)
    try write(scalars: snapshot.scalars)
    try requireDistinctGroups(snapshot.blocks.keys.sorted())
    try setAttribute("blocks", to: snapshot.blocks.keys.sorted())
    for (name, block) in snapshot.blocks.sorted(by: { $0.key < $1.key }) {
      try makeGroup(groupPath(name)).write(block)
    }
    guard !snapshot.opaque.isEmpty else { return }
    let group = try makeGroup("opaque")
    for (name, memory) in snapshot.opaque.sorted(by: { $0.key < $1.key }) {
      try group.requireName(name)
      try group.write(memory.bytes.bytes, of: .unsignedInteger(bits: 8), shape: [memory.byteCount], as: name)
    }
  }

  private func write(_ block: Snapshot.Block) throws(HDF5Error) {
    // Numbers of four bytes, as a rule, are counted as such.
    let isPlain = block.layout.allSatisfy { $0.element == .float32 } && block.memory.byteCount % 4 == 0
    try setAttribute(
      isPlain ? "elements" : "bytes", to: isPlain ? block.memory.byteCount / 4 : block.memory.byteCount)
    for entry in block.layout {
      try requireName(entry.name)
      guard let range = entry.byteRange, range.upperBound <= block.memory.byteCount else {
        throw unexpected(
          entry.name, expected: "an entry within its block of \(block.memory.byteCount) bytes",
          found: "\(entry.count) elements from \(entry.offset)")
      }
      let bytes = UnsafeRawBufferPointer(rebasing: block.memory.bytes[range]).bytes
      try write(bytes, of: entry.element.stored, shape: entry.shape, as: entry.name)
      try setAttribute("offset", to: entry.offset, on: entry.name)
      // HDF5 has no such type; h5py reads its words.
      if entry.element == .bfloat16 {
        try setAttribute("element", to: entry.element.rawValue, on: entry.name)
      }
    }
  }

  /// Each block has a group of its own, which nothing else is in.
  private func requireDistinctGroups(_ blocks: [String]) throws(HDF5Error) {
    for block in blocks {
      let first = String(block.prefix { $0 != "." })
      let isTaken = ["hyperparameters", "measurements", "opaque", "scalars"].contains(first)
      guard isTaken || block.isEmpty || blocks.contains(where: { $0.hasPrefix("\(block).") }) else {
        continue
      }
      throw unexpected(
        "@blocks", expected: "names of blocks, none within another or within what else is in the file",
        found: block)
    }
  }

  private func requireName(_ name: String) throws(HDF5Error) {
    guard name.contains("/") else { return }
    throw unexpected(name, expected: "a name without /", found: name)
  }

  private func groupPath(_ block: String) -> String {
    String(block.map { $0 == "." ? "/" : $0 })
  }
}

// Each array is read straight to its place.
extension HDF5Group {
  func readSnapshot() throws(TrainingError) -> Snapshot {
    var (snapshot, names) = try asTraining { () throws(HDF5Error) -> (Snapshot, [String]) in
      let snapshot = Snapshot(progress: try readProgress(), scalars: try readScalars(), blocks: [:])
      return (snapshot, try attribute("blocks", as: [String].self))
    }
    for name in names {
      let group = try asTraining { () throws(HDF5Error) -> HDF5Group in try self.group(groupPath(name)) }
      snapshot.blocks[name] = try group.readBlock()
    }
    snapshot.opaque = try readOpaque()
    return snapshot
  }

  private func readBlock() throws(TrainingError) -> Snapshot.Block {
    let (entries, forms, byteCount) = try asTraining { () throws(HDF5Error) in try readLayout() }
    let memory = try StateMemory(byteCount: byteCount, for: "a block of a checkpoint")
    var end = 0
    for (entry, form) in zip(entries, forms) {
      let range = entry.byteRange ?? 0..<0
      memory.clear(end..<range.lowerBound)
      let bytes = UnsafeMutableRawBufferPointer(rebasing: memory.writable[range])
      try asTraining { () throws(HDF5Error) in try read(entry.name, of: form, into: bytes) }
      end = range.upperBound
    }
    memory.clear(end..<byteCount)
    return Snapshot.Block(layout: entries, memory: memory)
  }

  private typealias Layout = (entries: [Snapshot.Entry], forms: [DatasetForm], byteCount: Int)

  /// Where the arrays of this block lie; certain to be in order and to be held by the file.
  private func readLayout() throws(HDF5Error) -> Layout {
    var layout: Layout = ([], [], 0)
    for name in try names() {
      let form = try form(of: name)
      let entry = Snapshot.Entry(
        name: name, shape: form.shape, offset: try attribute("offset", of: name),
        element: try element(of: name, stored: form.type))
      guard let range = entry.byteRange else {
        throw unexpected(
          "\(name)@offset", expected: "a place in a machine's memory", found: "\(entry.offset)")
      }
      try checkPadding(range.lowerBound, after: layout.byteCount, "\(name)@offset")
      layout.entries.append(entry)
      layout.forms.append(form)
      layout.byteCount = range.upperBound
    }
    let isPlain = try hasAttribute("elements")
    let count: Int = try attribute(isPlain ? "elements" : "bytes")
    let byteCount = isPlain ? Int.clampedProduct([max(0, count), 4]) : count
    try checkPadding(byteCount, after: layout.byteCount, isPlain ? "@elements" : "@bytes")
    layout.byteCount = byteCount
    return layout
  }

  private func element(of name: String, stored: ElementType) throws(HDF5Error) -> Snapshot.Element {
    let word: String? = try hasAttribute("element", of: name) ? try attribute("element", of: name) : nil
    let element = Snapshot.Element.allCases.first { element in
      element.stored == stored && (word ?? element.rawValue) == element.rawValue
    }
    guard let element else {
      let known = Snapshot.Element.allCases.map(\.rawValue).joined(separator: ", ")
      throw unexpected(name, expected: "an array of \(known)", found: word ?? "\(stored)")
    }
    return element
  }

  private func readOpaque() throws(TrainingError) -> [String: StateMemory] {
    guard try asTraining({ () throws(HDF5Error) in try names().contains("opaque") }) else { return [:] }
    let group = try asTraining { () throws(HDF5Error) -> HDF5Group in try self.group("opaque") }
    var opaque: [String: StateMemory] = [:]
    for name in try asTraining({ () throws(HDF5Error) in try group.names() }) {
      let form = try asTraining { () throws(HDF5Error) in try group.form(of: name) }
      let memory = try StateMemory(byteCount: form.byteCount, for: "the bytes \(name) of a checkpoint")
      try asTraining { () throws(HDF5Error) in try group.read(name, of: form, into: memory.writable) }
      opaque[name] = memory
    }
    return opaque
  }

  /// A damaged number must not claim the machine's memory.
  private func checkPadding(_ position: Int, after end: Int, _ object: String) throws(HDF5Error) {
    guard position >= end, position - end <= Self.mostPadding else {
      throw unexpected(
        object, expected: "byte \(end) or at most \(Self.mostPadding) more", found: "byte \(position)")
    }
  }

  /// Bytes between two arrays; alignment needs fewer.
  private static var mostPadding: Int { 262_144 }
}

// Single values: those that the built-in trainer has had from the first version on are attributes of the
// root, where every version looks for them; all others of the group `/scalars`.
extension HDF5Group {
  private static var ofRoot: [String] { ["samples", "loss_sum", "loss_count", "training_seconds"] }

  private func write(scalars: [String: Snapshot.Scalar]) throws(HDF5Error) {
    for name in Self.ofRoot {
      if let scalar = scalars[name] { try setAttribute(name, to: scalar) }
    }
    let others = scalars.filter { !Self.ofRoot.contains($0.key) }
    guard !others.isEmpty else { return }
    let group = try makeGroup("scalars")
    for (name, scalar) in others.sorted(by: { $0.key < $1.key }) { try group.setAttribute(name, to: scalar) }
  }

  private func readScalars() throws(HDF5Error) -> [String: Snapshot.Scalar] {
    var scalars: [String: Snapshot.Scalar] = [:]
    for name in Self.ofRoot where try hasAttribute(name) { scalars[name] = try scalar(name) }
    guard try names().contains("scalars") else { return scalars }
    let group = try group("scalars")
    for name in try group.attributeNames() { scalars[name] = try group.scalar(name) }
    return scalars
  }

  private func setAttribute(_ name: String, to scalar: Snapshot.Scalar) throws(HDF5Error) {
    switch scalar {
    case .integer(let integer): try setAttribute(name, to: integer)
    case .number(let number): try setAttribute(name, to: number)
    case .text(let text): try setAttribute(name, to: text)
    case .truth(let truth): try setAttribute(name, to: truth)
    }
  }

  private func scalar(_ name: String) throws(HDF5Error) -> Snapshot.Scalar {
    switch try attributeType(of: name) {
    case .float: .number(try attribute(name))
    case .text: .text(try attribute(name))
    case .boolean: .truth(try attribute(name))
    default: .integer(try attribute(name))
    }
  }
}

extension Snapshot.Element {
  /// As what a file holds it.
  fileprivate var stored: ElementType {
    switch self {
    case .float16: .float(bits: 16)
    case .bfloat16: .unsignedInteger(bits: 16)
    case .float32: .float(bits: 32)
    case .float64: .float(bits: 64)
    case .int8: .signedInteger(bits: 8)
    case .int16: .signedInteger(bits: 16)
    case .int32: .signedInteger(bits: 32)
    case .int64: .signedInteger(bits: 64)
    case .uint8: .unsignedInteger(bits: 8)
    case .bool: .boolean
    }
  }
}

extension StateMemory {
  fileprivate func clear(_ range: Range<Int>) {
    UnsafeMutableRawBufferPointer(rebasing: writable[range]).initializeMemory(as: UInt8.self, repeating: 0)
  }
}
