internal import HDF5

// The tensors of a checkpoint file.
//
// Block `optimizer.first_moment` is the group `/optimizer/first_moment`, and each of its entries a dataset
// there. What lies between the entries of a block, its padding, is not stored; where each one lies is, so
// that a block comes back as it was, with zeros between.

extension HDF5Group {
  func write(blocks: [String: Snapshot.Block]) throws(HDF5Error) {
    try setAttribute("blocks", to: blocks.keys.sorted())
    for (name, block) in blocks.sorted(by: { $0.key < $1.key }) {
      let group = try makeGroup(groupPath(name))
      try group.setAttribute("elements", to: block.values.count)
      for entry in block.layout {
        let end = entry.offset + entry.count
        guard entry.offset >= 0, end <= block.values.count, !entry.name.contains("/") else {
          throw group.unexpected(
            entry.name, expected: "an entry without / in its name, within its block of \(block.values.count)",
            found: "elements \(entry.offset)..<\(end)")
        }
        try group.write(block.values.span.extracting(entry.offset..<end), shape: entry.shape, as: entry.name)
        try group.setAttribute("offset", to: entry.offset, on: entry.name)
      }
    }
  }

  func readBlocks() throws(HDF5Error) -> [String: Snapshot.Block] {
    var blocks: [String: Snapshot.Block] = [:]
    for name in try attribute("blocks", as: [String].self) {
      blocks[name] = try group(groupPath(name)).readBlock()
    }
    return blocks
  }

  private func readBlock() throws(HDF5Error) -> Snapshot.Block {
    let elements: Int = try attribute("elements")
    // Entries come in the order of the layout. They are joined as they are read: a damaged number of elements
    // must not claim the machine's memory.
    var block = Snapshot.Block(layout: [], values: [])
    for name in try names() {
      let offset: Int = try attribute("offset", of: name)
      let array = try read(name, as: Float.self)
      let padding = offset - block.values.count
      guard padding >= 0, padding <= Self.mostPadding else {
        throw unexpected(
          "\(name)@offset", expected: "an offset of at most \(Self.mostPadding) behind \(block.values.count)",
          found: "\(offset)")
      }
      block.values.append(contentsOf: repeatElement(0, count: padding))
      block.values.append(contentsOf: array.values)
      block.layout.append(Snapshot.Entry(name: name, shape: array.shape, offset: offset))
    }
    let padding = elements - block.values.count
    guard padding >= 0, padding <= Self.mostPadding else {
      throw unexpected(
        "@elements", expected: "at most \(Self.mostPadding) more than \(block.values.count)",
        found: "\(elements)")
    }
    block.values.append(contentsOf: repeatElement(0, count: padding))
    return block
  }

  /// Elements between two tensors; alignment needs fewer.
  private static var mostPadding: Int { 65_536 }

  private func groupPath(_ block: String) -> String {
    String(block.map { $0 == "." ? "/" : $0 })
  }
}
