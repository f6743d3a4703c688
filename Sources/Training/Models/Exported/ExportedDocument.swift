/// A program as the file of `torch.export.save` describes it, in JSON: what is needed of version 8 of its
/// format. Source: PyTorch 2.13, torch/_export/serde/schema.py, whose names these are.
struct ExportedDocument: Decodable {
  var module: Module
  var version: Version

  struct Version: Decodable {
    var major, minor: Int
  }

  struct Module: Decodable {
    var graph: Graph
    var signature: Signature
  }

  struct Graph: Decodable {
    var inputs, outputs: [ExportedArgument]
    var nodes: [Node]
    var tensors: [String: TensorDescription]

    private enum CodingKeys: String, CodingKey {
      case inputs, outputs, nodes
      case tensors = "tensor_values"
    }
  }

  /// A call of an operator or of a function of numbers.
  struct Node: Decodable {
    /// Such as `torch.ops.aten.add.Tensor` or `_operator.mul`.
    var target: String
    var inputs: [NamedArgument]
    var outputs: [ExportedArgument]
  }

  struct NamedArgument: Decodable {
    /// The operator's own.
    var name: String
    var arg: ExportedArgument
  }

  struct TensorDescription: Decodable {
    var dtype: Int
    var sizes: [Extent]
    var strides: [Extent]
    var storageOffset: Extent
    var requiresGradient: Bool

    private enum CodingKeys: String, CodingKey {
      case dtype, sizes, strides
      case storageOffset = "storage_offset"
      case requiresGradient = "requires_grad"
    }
  }

  struct Signature: Decodable {
    var inputs: [Input]
    var outputs: [Output]

    private enum CodingKeys: String, CodingKey {
      case inputs = "input_specs"
      case outputs = "output_specs"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case module = "graph_module"
    case version = "schema_version"
  }
}

extension ExportedDocument {
  /// Of a dimension.
  enum Extent: Decodable, Equatable {
    case fixed(Int)
    case symbolic

    init(from decoder: any Decoder) throws {
      let (key, container) = try decoder.union()
      self = key.stringValue == "as_int" ? .fixed(try container.decode(Int.self, forKey: key)) : .symbolic
    }

    var fixed: Int? { if case .fixed(let extent) = self { extent } else { nil } }
  }

  /// What an input of the graph is.
  enum Input: Decodable {
    case parameter(Named)
    case buffer(Named)
    case constant(Named)
    /// What `forward` is called with.
    case user(ExportedArgument)
    case other(String)

    init(from decoder: any Decoder) throws {
      let (key, container) = try decoder.union()
      func named(_ name: String) throws -> Named { try Named(container, key, name) }
      switch key.stringValue {
      case "parameter": self = .parameter(try named("parameter_name"))
      case "buffer": self = .buffer(try named("buffer_name"))
      case "tensor_constant": self = .constant(try named("tensor_constant_name"))
      case "user_input": self = .user(try container.decode(Argued.self, forKey: key).arg)
      default: self = .other(key.stringValue)
      }
    }
  }

  /// What an output of the graph is.
  enum Output: Decodable {
    case user(ExportedArgument)
    /// What a buffer is after it.
    case buffer(Named)
    /// What the input would be after it: nobody sees that.
    case userInput
    case other(String)

    init(from decoder: any Decoder) throws {
      let (key, container) = try decoder.union()
      switch key.stringValue {
      case "user_output": self = .user(try container.decode(Argued.self, forKey: key).arg)
      case "buffer_mutation": self = .buffer(try Named(container, key, "buffer_name"))
      case "user_input_mutation": self = .userInput
      default: self = .other(key.stringValue)
      }
    }
  }

  private struct Argued: Decodable { var arg: ExportedArgument }

  /// A tensor of the module's, and the value of the graph that it is.
  struct Named {
    /// In the graph.
    var value: String
    /// In the module, dotted.
    var name: String

    fileprivate init(
      _ container: KeyedDecodingContainer<NameKey>, _ key: NameKey, _ nameKey: String
    ) throws {
      let inner = try container.nestedContainer(keyedBy: NameKey.self, forKey: key)
      value = try inner.decode(ValueName.self, forKey: NameKey("arg")).name
      name = try inner.decode(String.self, forKey: NameKey(nameKey))
    }
  }
}

/// What a node of an exported program is called with, or what it makes.
indirect enum ExportedArgument: Decodable {
  /// Python's `None`.
  case nothing
  /// The value of the graph that has this name, a tensor or a number.
  case value(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case text(String)
  /// Where the program ran when it was exported.
  case device
  case list([ExportedArgument])
  /// What is computed in a block of its own.
  case graph(ExportedDocument.Graph)
  /// What is not supported, such as an object, by its name in the format.
  case other(String)

  init(from decoder: any Decoder) throws {
    let (key, container) = try decoder.union()
    func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try container.decode(type, forKey: key)
    }
    switch key.stringValue {
    case "as_none": self = .nothing
    case "as_name": self = .value(try decoded(String.self))
    case "as_tensor": self = .value(try decoded(ValueName.self).name)
    case "as_tensors": self = .list(try decoded([ValueName].self).map { .value($0.name) })
    case "as_int": self = .integer(try decoded(Int.self))
    case "as_ints": self = .list(try decoded([Int].self).map(Self.integer))
    case "as_float": self = .number(try decoded(FloatingPoint.self).value)
    case "as_floats": self = .list(try decoded([FloatingPoint].self).map { .number($0.value) })
    case "as_bool": self = .boolean(try decoded(Bool.self))
    case "as_bools": self = .list(try decoded([Bool].self).map(Self.boolean))
    case "as_string": self = .text(try decoded(String.self))
    case "as_strings": self = .list(try decoded([String].self).map(Self.text))
    case "as_sym_int", "as_sym_float", "as_sym_bool", "as_optional_tensor": self = try decoded(Self.self)
    case "as_sym_ints", "as_sym_floats", "as_sym_bools", "as_optional_tensors":
      self = .list(try decoded([Self].self))
    case "as_device": self = .device
    case "as_graph":
      let inner = try container.nestedContainer(keyedBy: NameKey.self, forKey: key)
      self = .graph(try inner.decode(ExportedDocument.Graph.self, forKey: NameKey("graph")))
    case "as_scalar_type": self = Self.code(try decoded(Int.self), ExportedCodes.scalarType, "scalar type")
    case "as_memory_format":
      self = Self.code(try decoded(Int.self), ExportedCodes.memoryFormat, "memory format")
    case "as_layout": self = Self.code(try decoded(Int.self), ExportedCodes.layout, "layout")
    default: self = .other(key.stringValue)
    }
  }

  private static func code(_ written: Int, _ known: (Int) -> Int?, _ kind: String) -> Self {
    known(written).map(Self.integer) ?? .other("\(kind) \(written)")
  }

  /// JSON has no infinities: they are written as texts.
  private struct FloatingPoint: Decodable {
    var value: Double

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        guard let special = ["Infinity": Double.infinity, "-Infinity": -.infinity, "NaN": .nan][text] else {
          throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no number")
        }
        value = special
      } else {
        value = try container.decode(Double.self)
      }
    }
  }
}

/// The reference of a tensor.
private struct ValueName: Decodable { var name: String }

/// The format's numbers of what libtorch numbers otherwise.
enum ExportedCodes {
  /// libtorch's number of a scalar type; nil for one that is not supported.
  static func scalarType(_ written: Int) -> Int? {
    switch written {
    case 1...12: written - 1
    // bfloat16, behind libtorch's quantized types.
    case 13: 15
    default: nil
    }
  }

  static func memoryFormat(_ written: Int) -> Int? { [1: 0, 2: 2, 3: 3, 4: 1][written] }

  /// Only the layout of ordinary tensors.
  static func layout(_ written: Int) -> Int? { written == 7 ? 0 : nil }
}

extension Decoder {
  /// The only member of an object, which is how the format writes one of several kinds: `{"as_int": 3}`.
  fileprivate func union() throws -> (key: NameKey, container: KeyedDecodingContainer<NameKey>) {
    let container = try container(keyedBy: NameKey.self)
    guard let key = container.allKeys.first, container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: codingPath,
          debugDescription: "expected an object of one member, found \(container.allKeys.count)"))
    }
    return (key, container)
  }
}
