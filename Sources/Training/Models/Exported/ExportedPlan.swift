import Tensors

/// An exported program made ready to run: what its graph names is numbered, its operators are found.
///
/// PyTorch fixes a module's mode when it exports it. So that one program serves both, each operator's flag of
/// the mode is set for the pass: `ModeFlags`.
struct ExportedPlan {
  /// An input of the graph: what is put there, and under which number.
  struct Input {
    enum Kind { case parameter, buffer, constant }
    let kind: Kind
    /// Of the tensor.
    let name: String
    let value: Int
  }

  indirect enum Step {
    case call(training: OperatorCall, evaluation: OperatorCall)
    case function(SymbolicFunction, [CallArgument], result: Int)
    /// What `with torch.no_grad():` is around.
    case unrecorded([Step])
  }

  let path: String
  let inputs: [Input]
  let steps: [Step]
  /// The number of values.
  let count: Int
  /// Of what `forward` takes and returns.
  let argument, result: Int
  /// What buffers, by their names, become after a training pass.
  let mutations: [(name: String, value: Int)]
  /// Inputs whose memory operators write.
  let written: Set<Int>
  /// Whether it draws random numbers that no flag turns off.
  let alwaysDraws: Bool

  /// - Throws: `TrainingError.invalid` for a program that cannot be run, or not on batches of any size.
  init(_ document: ExportedDocument, on device: Device, _ path: String) throws(TrainingError) {
    var builder = ExportedPlanBuilder(device: device, path: path)
    let signature = try builder.read(document.module.signature, document.module.graph)
    for (place, node) in document.module.graph.nodes.enumerated() {
      try builder.add(node, last: signature.lastUses[place])
    }
    self.path = path
    (inputs, argument, result) = (signature.inputs, signature.argument, signature.result)
    (mutations, steps, count) = (signature.mutations, builder.steps, builder.count)
    (written, alwaysDraws) = (builder.written, builder.alwaysDraws)
    if let parameter = inputs.first(where: { $0.kind == .parameter && written.contains($0.value) }) {
      throw ExportedArchive.refusal(
        path, found: "one that changes its parameter \(parameter.name)",
        remedy: "Make a buffer of what forward changes, and export the module again.")
    }
  }
}
