internal import CTorch

/// An operator by the name that libtorch's dispatcher knows it by.
public final class NamedOperator {
  let handle: OpaquePointer
  /// With its overload: `aten::add.Tensor`.
  public let name: String
  /// Of its schema, in order.
  public let arguments: [Argument]
  /// Whether it draws from libtorch's generator.
  public let draws: Bool

  public struct Argument: Sendable {
    public let name: String
    public let sharing: Sharing
  }

  /// What the schema says of an argument's memory.
  public enum Sharing: Sendable {
    case reads
    /// A result may be a view of it.
    case views
    /// It is written, and may be a result.
    case writes
  }

  /// - Parameters:
  ///   - name: with its namespace, such as `aten::add`.
  ///   - overload: such as `Tensor`; empty for the one without a name.
  /// - Throws: where this libtorch has no such operator.
  public init(_ name: String, overload: String) throws(TensorError) {
    try TensorRuntime.load()
    guard let handle = ctorch_operator_find(name, overload) else {
      throw TensorError.last("NamedOperator", [])
    }
    self.handle = handle
    self.name = overload.isEmpty ? name : "\(name).\(overload)"
    draws = ctorch_operator_draws(handle)
    arguments = (0..<ctorch_operator_argument_count(handle)).map { number in
      let sharing: Sharing =
        switch ctorch_operator_sharing(handle, number) {
        case CTORCH_VIEWS: .views
        case CTORCH_WRITES: .writes
        default: .reads
        }
      return Argument(
        name: String(cString: ctorch_operator_argument_name(handle, number)), sharing: sharing)
    }
  }

  deinit { ctorch_operator_release(handle) }
}

extension NamedOperator {
  /// What it makes of tensors, once.
  ///
  /// - Parameter arguments: all of the schema's; `.value(i)` is the i-th tensor.
  /// - Throws: also where it makes no tensor.
  public func callAsFunction(
    _ arguments: [CallArgument], of tensors: [Tensor]
  ) throws(TensorError) -> Tensor {
    let frame = try ValueFrame(count: tensors.count + 1)
    for (number, tensor) in tensors.enumerated() { try frame.set(number, to: tensor) }
    try OperatorCall(self, arguments, results: [tensors.count], last: []).run(in: frame)
    return try frame.tensor(tensors.count)
  }
}
