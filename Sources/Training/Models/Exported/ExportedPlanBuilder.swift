import Tensors

/// Makes a plan, node by node.
struct ExportedPlanBuilder {
  let device: Device
  let path: String
  /// How many values there are.
  private(set) var count = 0
  private(set) var steps: [ExportedPlan.Step] = []
  private(set) var written: Set<Int> = []
  private(set) var alwaysDraws = false
  /// The inputs whose memory a value may be in.
  private var roots: [Int: Set<Int>] = [:]
  private var operators: [String: NamedOperator] = [:]
  /// The numbers of the values that have a name where the builder is.
  private var numbers: [String: Int] = [:]

  init(device: Device, path: String) { (self.device, self.path) = (device, path) }

  /// What the signature says, in numbers.
  struct Signature {
    var inputs: [ExportedPlan.Input] = []
    var argument = 0
    var result = 0
    var mutations: [(name: String, value: Int)] = []
    /// For each node, the values that no later one needs.
    var lastUses: [[Int]] = []
  }

  private mutating func number(_ name: String) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = count
    count += 1
    return count - 1
  }

  // MARK: What goes in and out

  mutating func read(
    _ signature: ExportedDocument.Signature, _ graph: ExportedDocument.Graph
  ) throws(TrainingError) -> Signature {
    var read = Signature()
    var arguments: [String] = []
    for input in signature.inputs {
      switch input {
      case .parameter(let named): add(.parameter, named, to: &read)
      case .buffer(let named): add(.buffer, named, to: &read)
      case .constant(let named): add(.constant, named, to: &read)
      case .user(.value(let name)): arguments.append(name)
      case .user: throw refusal(found: "an input of forward that is no tensor", remedy: Self.oneTensor)
      case .other(let kind): throw refusal(found: "an input of the kind \(kind)", remedy: Self.oneTensor)
      }
    }
    guard let argument = arguments.first, arguments.count == 1 else {
      throw refusal(found: "\(arguments.count) inputs of forward", remedy: Self.oneTensor)
    }
    if case .fixed(let batch)? = graph.tensors[argument]?.sizes.first {
      throw refusal(
        found: "one for batches of \(batch) only",
        remedy: "Export it with dynamic_shapes={'\(argument)': {0: torch.export.Dim('batch')}}.")
    }
    read.argument = number(argument)
    roots[read.argument] = [read.argument]
    var results: [Int] = []
    for output in signature.outputs {
      switch output {
      case .user(.value(let name)): results.append(number(name))
      case .user: throw refusal(found: "a result of forward that is no tensor", remedy: Self.oneTensor)
      case .buffer(let named): read.mutations.append((named.name, number(named.value)))
      case .userInput: break
      case .other(let kind): throw refusal(found: "an output of the kind \(kind)", remedy: Self.oneTensor)
      }
    }
    guard results.count == 1 else {
      throw refusal(found: "\(results.count) results of forward", remedy: Self.oneTensor)
    }
    read.result = results[0]
    read.lastUses = lastUses(of: graph.nodes, but: Set(results + read.mutations.map(\.value)))
    return read
  }

  private static let oneTensor = "Export a module whose forward takes one tensor and returns one."

  private mutating func add(
    _ kind: ExportedPlan.Input.Kind, _ named: ExportedDocument.Named, to read: inout Signature
  ) {
    let number = number(named.value)
    roots[number] = [number]
    read.inputs.append(ExportedPlan.Input(kind: kind, name: named.name, value: number))
  }

  /// What each node is the last to need, so that its memory is free from then on; also its results that
  /// nobody needs.
  private mutating func lastUses(of nodes: [ExportedDocument.Node], but kept: Set<Int>) -> [[Int]] {
    var seen = kept
    var last = [[Int]](repeating: [], count: nodes.count)
    for (place, node) in nodes.enumerated().reversed() {
      let names = (node.inputs.map(\.arg) + node.outputs).flatMap(\.names)
      for name in names where seen.insert(number(name)).inserted { last[place].append(number(name)) }
    }
    return last
  }

  // MARK: Nodes

  mutating func add(_ node: ExportedDocument.Node, last: [Int]) throws(TrainingError) {
    if let function = SymbolicFunction(rawValue: node.target) {
      var arguments: [CallArgument] = []
      for input in node.inputs { arguments.append(try converted(input.arg, of: node)) }
      guard let result = node.outputs.flatMap(\.names).first, arguments.count == function.arity else {
        throw refusal(found: "\(node.target) of \(arguments.count) numbers")
      }
      steps.append(.function(function, arguments, result: number(result)))
      return
    }
    if node.target == Self.block { return try addBlock(node, last: last) }
    let found = try named(node.target)
    var given: [String: CallArgument] = [:]
    for input in node.inputs { given[input.name] = try converted(input.arg, of: node) }
    let flags = ModeFlags(of: found, given: given)
    if let objection = flags.objection {
      throw refusal(found: "\(node.target), \(objection.found)", remedy: objection.remedy)
    }
    alwaysDraws = alwaysDraws || found.draws && !flags.turnOffDraws
    var results: [Int] = []
    for output in node.outputs { results += self.results(output) }
    share(found, given, results)
    func call(isTraining: Bool) throws(TensorError) -> OperatorCall {
      let arguments = found.arguments.map { argument in
        flags.value(of: argument.name, isTraining: isTraining) ?? given[argument.name] ?? .default
      }
      return try OperatorCall(found, arguments, results: results, last: last)
    }
    do throws(TensorError) {
      let training = try call(isTraining: true)
      steps.append(
        .call(training: training, evaluation: flags.isEmpty ? training : try call(isTraining: false)))
    } catch {
      throw refusal(found: "\(node.target) with an argument that it doesn't take: \(error.message)")
    }
  }

  private static let block = "torch.ops.higher_order.wrap_with_set_grad_enabled"

  /// Adds what `with torch.no_grad():` is around: a graph of names of its own, called with values of this one.
  private mutating func addBlock(_ node: ExportedDocument.Node, last: [Int]) throws(TrainingError) {
    let given = node.inputs.map(\.arg)
    guard given.count >= 2, case .boolean(false) = given[0], case .graph(let graph) = given[1] else {
      throw refusal(
        found: "\(node.target) that records", remedy: "Write forward without torch.enable_grad().")
    }
    let (taken, made) = (given.dropFirst(2).flatMap(\.names), node.outputs.flatMap(\.names))
    let (inside, results) = (graph.inputs.flatMap(\.names), graph.outputs.flatMap(\.names))
    let own = Set(inside + results)
    guard inside.count == taken.count, results.count == made.count,
      own.count == inside.count + results.count
    else {
      throw refusal(
        found: "\(node.target) that returns what it was given",
        remedy: "Write detach() in forward instead of torch.no_grad().")
    }
    let (takenNumbers, madeNumbers) = (taken.map { number($0) }, made.map { number($0) })
    let (outside, before) = (numbers, steps)
    numbers = Dictionary(
      uniqueKeysWithValues: zip(inside + results, takenNumbers + madeNumbers).map { ($0, $1) })
    steps = []
    let uses = lastUses(of: graph.nodes, but: Set(takenNumbers + madeNumbers))
    for (place, inner) in graph.nodes.enumerated() {
      try add(inner, last: uses[place] + (place == graph.nodes.count - 1 ? last : []))
    }
    (numbers, steps) = (outside, before + [.unrecorded(steps)])
  }

  /// The numbers of a result: one, those of a list's elements, or -1 for one that is none.
  private mutating func results(_ output: ExportedArgument) -> [Int] {
    switch output {
    case .value(let name): return [number(name)]
    case .list(let elements):
      var all: [Int] = []
      for element in elements { all += results(element) }
      return all
    default: return [-1]
    }
  }

  /// Follows which values lie in the memory of inputs, and which of those are written.
  private mutating func share(_ found: NamedOperator, _ given: [String: CallArgument], _ results: [Int]) {
    for argument in found.arguments where argument.sharing != .reads {
      let inputs = (given[argument.name]?.values ?? []).reduce(into: Set<Int>()) {
        $0.formUnion(roots[$1] ?? [])
      }
      if argument.sharing == .writes { written.formUnion(inputs) }
      for result in results where result >= 0 { roots[result, default: []].formUnion(inputs) }
    }
  }

  private mutating func named(_ target: String) throws(TrainingError) -> NamedOperator {
    if let known = operators[target] { return known }
    let parts = target.split(separator: ".")
    guard parts.count == 5, parts[0] == "torch", parts[1] == "ops" else {
      throw refusal(
        found: "\(target), which needs Python",
        remedy: "Write forward without it, and export the module again.")
    }
    do throws(TensorError) {
      let overload = parts[4] == "default" ? "" : String(parts[4])
      let found = try NamedOperator("\(parts[2])::\(parts[3])", overload: overload)
      operators[target] = found
      return found
    } catch {
      throw refusal(
        found: "\(target), which this libtorch doesn't have",
        remedy: "Export a module of PyTorch's own operators.")
    }
  }

  private mutating func converted(
    _ argument: ExportedArgument, of node: ExportedDocument.Node
  ) throws(TrainingError) -> CallArgument {
    switch argument {
    case .nothing: return .nothing
    case .value(let name):
      return .value(number(name))
    case .integer(let value): return .scalar(.integer(value))
    case .number(let value): return .scalar(.number(value))
    case .boolean(let value): return .scalar(.boolean(value))
    case .text(let value): return .text(value)
    case .device: return .device(device)
    case .list(let elements):
      var all: [CallArgument] = []
      for element in elements { all.append(try converted(element, of: node)) }
      return .list(all)
    case .graph: return .nothing
    case .other(let kind):
      throw refusal(
        found: "\(node.target) with an argument of the kind \(kind)",
        remedy: "Write forward without it, and export the module again.")
    }
  }

  private func refusal(found: String, remedy: String? = nil) -> TrainingError {
    ExportedArchive.refusal(path, found: found, remedy: remedy)
  }
}

extension ExportedArgument {
  /// The names of the values in it.
  fileprivate var names: [String] {
    switch self {
    case .value(let name): [name]
    case .list(let elements): elements.flatMap(\.names)
    default: []
    }
  }
}
