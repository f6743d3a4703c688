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
    var block = Snapshot.Block(layout: [], values: [])
    var arrays: [[Float]] = []
    var end = 0
    for name in try names() {
      let offset: Int = try attribute("offset", of: name)
      let array = try read(name, as: Float.self)
      try checkPadding(offset, after: end, "\(name)@offset")
      arrays.append(array.values)
      block.layout.append(Snapshot.Entry(name: name, shape: array.shape, offset: offset))
      end = offset + array.values.count
    }
    try checkPadding(elements, after: end, "@elements")
    block.values.reserveCapacity(elements)
    for (entry, values) in zip(block.layout, arrays) {
      block.values.append(contentsOf: repeatElement(0, count: entry.offset - block.values.count))
      block.values.append(contentsOf: values)
    }
    block.values.append(contentsOf: repeatElement(0, count: elements - block.values.count))
    return block
  }

  /// A damaged number must not claim the machine's memory.
  private func checkPadding(_ position: Int, after end: Int, _ object: String) throws(HDF5Error) {
    guard position >= end, position - end <= Self.mostPadding else {
      throw unexpected(object, expected: "\(end) or at most \(Self.mostPadding) more", found: "\(position)")
    }
  }

  /// Elements between two tensors; alignment needs fewer.
  private static var mostPadding: Int { 65_536 }

  private func groupPath(_ block: String) -> String {
    String(block.map { $0 == "." ? "/" : $0 })
  }
}
