internal import CTorch

/// A number that is no tensor: an extent, a factor, a flag.
public enum ScalarValue: Equatable, Sendable {
  case integer(Int)
  case number(Double)
  case boolean(Bool)
}

/// What an operator is called with.
public indirect enum CallArgument: Equatable, Sendable {
  /// Python's `None`.
  case nothing
  /// What the schema says for one that is left out.
  case `default`
  /// The value of this number in the frame: a tensor or a scalar.
  case value(Int)
  case scalar(ScalarValue)
  case text(String)
  case device(Device)
  case list([CallArgument])

  /// The numbers of all values in it.
  public var values: [Int] {
    switch self {
    case .value(let number): [number]
    case .list(let elements): elements.flatMap(\.values)
    default: []
    }
  }
}

/// An operator with its arguments, to be called often.
public final class OperatorCall {
  private let handle: OpaquePointer
  private let name: String

  /// - Parameters:
  ///   - arguments: all of the schema's. As in Python, a number may stand where a tensor is expected, an
  ///     integer where a floating-point number is, and one extent where several are.
  ///   - results: the numbers of the frame's values that the results become, the elements of a result that is
  ///     a list one by one; -1 for a result that nobody needs.
  ///   - last: the values that nobody needs any more after it.
  /// - Throws: where an argument is of another kind than the schema says, or lacks a default.
  public init(
    _ named: NamedOperator, _ arguments: [CallArgument], results: [Int], last: [Int]
  ) throws(TensorError) {
    var arena = ArgumentArena()
    defer { arena.free() }
    let raw = arguments.map { arena.raw($0) }
    let handle = ctorch_call_create(
      named.handle, raw, raw.count, results, results.count, last, last.count)
    guard let handle else { throw Self.error(named.name) }
    (self.handle, name) = (handle, named.name)
  }

  deinit { ctorch_call_release(handle) }

  /// Recorded for `backward` like any operator.
  public func run(in frame: ValueFrame) throws(TensorError) {
    guard ctorch_call_run(handle, frame.handle) >= 0 else { throw Self.error(name) }
  }

  private static func error(_ name: String) -> TensorError {
    var error = TensorError.last("call", [])
    error.operation = name
    return error
  }
}

extension ScalarValue {
  var raw: ctorch_argument {
    var raw = ctorch_argument()
    switch self {
    case .integer(let value): (raw.kind, raw.integer) = (CTORCH_INTEGER, Int64(value))
    case .number(let value): (raw.kind, raw.number) = (CTORCH_NUMBER, value)
    case .boolean(let value): (raw.kind, raw.integer) = (CTORCH_BOOLEAN, value ? 1 : 0)
    }
    return raw
  }
}

/// The memory of arguments while a call is made from them.
private struct ArgumentArena {
  private var lists: [UnsafeMutableBufferPointer<ctorch_argument>] = []
  private var texts: [UnsafeMutableBufferPointer<CChar>] = []

  mutating func raw(_ argument: CallArgument) -> ctorch_argument {
    var raw = ctorch_argument()
    switch argument {
    case .nothing: raw.kind = CTORCH_NONE
    case .default: raw.kind = CTORCH_DEFAULT
    case .value(let number): (raw.kind, raw.integer) = (CTORCH_REGISTER, Int64(number))
    case .scalar(let scalar): return scalar.raw
    case .device(let device):
      let place = device.raw
      (raw.kind, raw.integer, raw.number) = (CTORCH_DEVICE, Int64(place.kind), Double(place.index))
    case .text(let text):
      let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count + 1)
      _ = bytes.initialize(fromContentsOf: Array(text.utf8CString))
      texts.append(bytes)
      (raw.kind, raw.text) = (CTORCH_TEXT, UnsafePointer(bytes.baseAddress))
    case .list(let elements):
      let list = UnsafeMutableBufferPointer<ctorch_argument>.allocate(capacity: elements.count)
      for (place, element) in elements.enumerated() {
        list.initializeElement(at: place, to: self.raw(element))
      }
      lists.append(list)
      (raw.kind, raw.elements, raw.count) = (CTORCH_LIST, UnsafePointer(list.baseAddress), elements.count)
    }
    return raw
  }

  mutating func free() {
    for list in lists { list.deallocate() }
    for text in texts { text.deallocate() }
  }
}
