internal import CTorch

/// TorchScript files written from a computation: what PyTorch opens with `torch.jit.load`.
public enum TracedModule {
  /// A tensor that the module is to own.
  public struct Entry {
    /// Dotted, such as `layers.0.weight`: what `state_dict` calls it.
    public var name: String
    public var tensor: Tensor
    /// Else a parameter.
    public var isBuffer: Bool

    public init(name: String, tensor: Tensor, isBuffer: Bool) {
      (self.name, self.tensor, self.isBuffer) = (name, tensor, isBuffer)
    }
  }

  /// Writes a module whose `forward` takes one tensor and does what `body` does with `example`, whatever the extents
  /// that `body` does not look at. It owns copies of `entries`; other tensors that `body` uses become constants.
  ///
  /// - Parameters:
  ///   - texts: what the file holds beside the module, by name: PyTorch's `_extra_files`.
  /// - Throws: what `body` throws, and where the file cannot be written.
  public static func save(
    to path: String, _ entries: [Entry], texts: [String: String] = [:], example: Tensor,
    _ body: (Tensor) throws(TensorError) -> Tensor
  ) throws(TensorError) {
    var words = WordArena()
    defer { words.free() }
    let owned = entries.map {
      ctorch_owned(name: words.keep($0.name), tensor: $0.tensor.handle, is_buffer: $0.isBuffer)
    }
    let extras = texts.sorted { $0.key < $1.key }.map {
      ctorch_text(name: words.keep($0.key), bytes: words.keep($0.value), count: $0.value.utf8.count)
    }
    let (code, failure) = withoutActuallyEscaping(body) { body -> (Int32, TensorError?) in
      let computation = Computation(body)
      let code = withExtendedLifetime((computation, entries)) {
        ctorch_trace(
          owned, owned.count, example.handle, computed, Unmanaged.passUnretained(computation).toOpaque(),
          extras, extras.count, path)
      }
      let failure = computation.failure
      computation.end()
      return (code, failure)
    }
    if let failure { throw failure }
    try checked("save", code, [example])
  }
}

/// What a call of C brings back to Swift.
private final class Computation {
  private var body: ((Tensor) throws(TensorError) -> Tensor)?
  /// Lent to the caller.
  private var result: Tensor?
  private(set) var failure: TensorError?

  init(_ body: @escaping (Tensor) throws(TensorError) -> Tensor) { self.body = body }

  func end() { (body, result) = (nil, nil) }

  func run(_ x: Tensor) -> OpaquePointer? {
    guard let body else { return nil }
    do throws(TensorError) { result = try body(x) } catch { (result, failure) = (nil, error) }
    return result?.handle
  }
}

private func computed(_ context: UnsafeMutableRawPointer?, _ x: OpaquePointer) -> OpaquePointer? {
  guard let context else { return nil }
  return Unmanaged<Computation>.fromOpaque(context).takeUnretainedValue().run(Tensor(x))
}

/// Texts that stay where they are for a call.
private struct WordArena {
  private var words: [UnsafeMutableBufferPointer<CChar>] = []

  mutating func keep(_ text: String) -> UnsafePointer<CChar> {
    let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count + 1)
    _ = bytes.initialize(fromContentsOf: Array(text.utf8CString))
    words.append(bytes)
    return UnsafePointer(bytes.baseAddress!)
  }

  mutating func free() { for word in words { word.deallocate() } }
}
