internal import CTrainee
internal import Foundation

// Arrays as C describes them, and as a snapshot does.
extension PluginTrainee {
  private static let alignment = 64

  private static let elements: [(number: UInt32, element: Snapshot.Element)] = [
    (TUNER_FLOAT16.rawValue, .float16), (TUNER_BFLOAT16.rawValue, .bfloat16),
    (TUNER_FLOAT32.rawValue, .float32),
    (TUNER_FLOAT64.rawValue, .float64), (TUNER_INT8.rawValue, .int8), (TUNER_INT16.rawValue, .int16),
    (TUNER_INT32.rawValue, .int32), (TUNER_INT64.rawValue, .int64), (TUNER_UINT8.rawValue, .uint8),
    (TUNER_BOOL.rawValue, .bool),
  ]

  /// What the trial's state is now, not yet laid out. Local.
  func describedArrays() throws(TrainingError) -> [Snapshot.Entry] {
    var count: Int64 = 0
    var arrays: [tuner_array] = []
    // The first time for their number.
    for _ in 0..<2 {
      let capacity = max(0, min(count, 1 << 24))
      arrays = [tuner_array](repeating: tuner_array(), count: Int(capacity))
      try library.call(to: "describe its state") {
        library.table.describe_state(trial, &arrays, capacity, &count, $0, $1)
      }
    }
    guard count == arrays.count else {
      throw undescribed("the number of arrays as before, \(arrays.count)", "\(count)")
    }
    var entries: [Snapshot.Entry] = []
    var names: Set<String> = []
    for array in arrays {
      let entry = try entry(array)
      guard names.insert(entry.name).inserted else {
        throw undescribed("names that are different", "\(entry.name) twice")
      }
      entries.append(entry)
    }
    return entries
  }

  private func entry(_ array: tuner_array) throws(TrainingError) -> Snapshot.Entry {
    let name = array.name.map { String(cString: $0) } ?? ""
    guard !name.isEmpty, !name.contains("/") else { throw undescribed("names without /", "\"\(name)\"") }
    guard
      let element = Self.elements.first(where: { $0.number == UInt32(bitPattern: array.element) })?.element
    else { throw undescribed("one of enum tuner_element for \(name)", "\(array.element)") }
    guard (0...TUNER_MOST_DIMENSIONS).contains(array.dimensions) else {
      throw undescribed("at most \(TUNER_MOST_DIMENSIONS) dimensions of \(name)", "\(array.dimensions)")
    }
    let shape = withUnsafeBytes(of: array.shape) { bytes in
      bytes.bindMemory(to: Int64.self).prefix(Int(array.dimensions)).map { Int($0) }
    }
    let entry = Snapshot.Entry(name: name, shape: shape, offset: 0, element: element)
    guard entry.byteRange != nil else {
      throw undescribed("a shape that memory can have for \(name)", "\(shape)")
    }
    return entry
  }

  private func undescribed(_ expected: String, _ found: String) -> TrainingError {
    .library("\(library.path), describing its state: expected \(expected), found \(found)")
  }

  /// One behind the other, each where a cache line begins.
  static func laidOut(_ entries: [Snapshot.Entry]) -> [Snapshot.Entry] {
    var end = 0
    return entries.map { entry in
      var entry = entry
      let start = Int.clampedSum([end, alignment - 1]) / alignment * alignment
      entry.offset = start / entry.element.byteCount
      end = entry.byteRange?.upperBound ?? .max
      return entry
    }
  }

  /// For these arrays, zeros between them.
  static func memory(for layout: [Snapshot.Entry]) throws(TrainingError) -> StateMemory {
    let memory = try StateMemory(
      byteCount: layout.last.map { $0.byteRange?.upperBound ?? .max } ?? 0, for: "a plug-in's state")
    var end = 0
    for entry in layout {
      guard let range = entry.byteRange else { continue }
      memory.writable[end..<range.lowerBound].initializeMemory(as: UInt8.self, repeating: 0)
      end = range.upperBound
    }
    return memory
  }

  static func nothing() throws(TrainingError) -> StateMemory {
    try StateMemory(byteCount: 0, for: "no state")
  }

  /// - Parameter memory: nil on a rank that has no part in it.
  static func withArrays<Result>(
    _ layout: [Snapshot.Entry], _ memory: StateMemory?, _ body: (UnsafePointer<tuner_array>?, Int64) -> Result
  ) -> Result {
    let names = layout.map { strdup($0.name) }
    defer { for name in names { free(name) } }
    let arrays = zip(layout, names).map { entry, name in
      var array = tuner_array()
      array.name = UnsafePointer(name)
      array.element = Int32(elements.first { $0.element == entry.element }?.number ?? 0)
      array.dimensions = Int32(entry.shape.count)
      withUnsafeMutableBytes(of: &array.shape) { bytes in
        for (place, size) in entry.shape.prefix(Int(TUNER_MOST_DIMENSIONS)).enumerated() {
          bytes.storeBytes(of: Int64(size), toByteOffset: place * MemoryLayout<Int64>.stride, as: Int64.self)
        }
      }
      if let memory, let range = entry.byteRange {
        array.data = memory.writable.baseAddress.map { $0 + range.lowerBound }
      }
      return array
    }
    return arrays.withUnsafeBufferPointer { body($0.baseAddress, Int64($0.count)) }
  }
}
