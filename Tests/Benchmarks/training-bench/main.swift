// Our side of the training benchmark: `training_peer.py` starts it, gives it the weights and batches, and takes turns with
// it. Reads numbers of steps from standard input, a line each; answers with the losses and the seconds of each step.
//
//   training-bench MODEL OPTIMIZER FOLDER
import Foundation
import Tensors
import Training

struct Reply: Encodable {
  var losses: [Double] = []
  var seconds: [Double] = []
  /// Of this process.
  var processorSeconds: [Double] = []
}

func now(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func read<Scalar: TensorScalar>(_ name: String, _: Scalar.Type) throws -> [Scalar] {
  let data = try Data(contentsOf: URL(filePath: CommandLine.arguments[3]).appending(path: name))
  return data.withUnsafeBytes { Array($0.bindMemory(to: Scalar.self)) }
}

func configuration(_ name: String) -> (model: ModelConfiguration, form: DataSet.Form, inputs: [Int], targets: [Int]) {
  switch name {
  case "mlp":
    var mlp = MLPConfiguration()
    mlp.hidden = [1024, 1024]
    return (.mlp(mlp), .labelled(shape: [784], classes: 10), [256, 784], [256])
  case "resnet":
    return (.resnet(ResNetConfiguration()), .labelled(shape: [3, 32, 32], classes: 10), [128, 3, 32, 32], [128])
  default:
    return (
      .transformer(TransformerConfiguration()), .text(vocabulary: Array(0..<65), contextLength: 128), [32, 128],
      [32, 128]
    )
  }
}

TensorRuntime.keepFreedMemory()
try TensorRuntime.setThreads(1)
let (name, kind) = (CommandLine.arguments[1], CommandLine.arguments[2])
let (modelConfiguration, form, inputShape, targetShape) = configuration(name)
let model = try modelConfiguration.makeModel(for: form, seed: 1, device: .cpu)
let weights = try model.store.parameterEntries.map { try read($0.name, Float.self) }
let parameters: UnsafeMutableBufferPointer<Float> = model.store.parameters.elements()
let gradients: UnsafeMutableBufferPointer<Float> = model.store.gradients.elements()
for (entry, weights) in zip(model.store.parameterEntries, weights) {
  _ = UnsafeMutableBufferPointer(rebasing: parameters[entry.offset..<entry.offset + entry.count]).update(from: weights)
}
let inputs =
  if case .text = form {
    try Tensor(read("inputs", Int.self), shape: inputShape)
  } else {
    try Tensor(read("inputs", Float.self), shape: inputShape)
  }
let targets = try Tensor(read("targets", Int.self), shape: targetShape)

var optimizerConfiguration = OptimizerConfiguration()
optimizerConfiguration.kind = OptimizerConfiguration.Kind(rawValue: kind)!
let transform = optimizerConfiguration.transform(rate: .constant(1e-3), gradientClip: kind == "lamb" ? 1 : 0)
var optimizer = try Optimizer(transform, layout: model.store.layout)

var step = 0
while let line = readLine(), let steps = Int(line) {
  var reply = Reply()
  for _ in 0..<steps {
    let (start, processor) = (now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID))
    let loss = try model.trainingLoss(inputs, targets, SampleStream(seed: 1, first: step * inputShape[0]))
    try loss.backward()
    try optimizer.update(parameters: parameters, gradients: gradients)
    reply.losses.append(try loss.item())
    reply.seconds.append(now(CLOCK_MONOTONIC) - start)
    reply.processorSeconds.append(now(CLOCK_PROCESS_CPUTIME_ID) - processor)
    step += 1
  }
  try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(reply) + Data("\n".utf8))
}
