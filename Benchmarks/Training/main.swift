// Our side of the training benchmark: the program's own Trainer on one rank. `beside_pytorch.py` starts it
// with the data, copies its weights and batches from FOLDER, and then takes turns with it: a number of steps
// on standard input, the losses and the seconds of each step on standard output, a line each.
//
//   bench-training MODEL OPTIMIZER FOLDER [DEVICE]
import Foundation
import Randomness
import Tensors
import Training

struct Reply: Encodable {
  var libtorch = TensorRuntime.version
  var losses: [Double] = []
  var seconds: [Double] = []
  /// Of this process.
  var processorSeconds: [Double] = []
}

/// The batches that the peer gets a copy of.
let sharedBatches = 4

func now(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func configuration(_ model: String, _ optimizer: String, _ folder: URL) throws -> TrainingConfiguration {
  var configuration = TrainingConfiguration()
  configuration.budgetUnit = .steps
  configuration.split = SplitFractions(train: 0.8, dev: 0.2, test: 0)
  let files = (images: folder.appending(path: "images").path, labels: folder.appending(path: "labels").path)
  switch model {
  case "mlp":
    var mlp = MLPConfiguration()
    mlp.hidden = [1024, 1024]
    configuration.model = .mlp(mlp)
    configuration.data = .idx(images: files.images, labels: files.labels)
    configuration.batchSize = 256
  case "resnet":
    configuration.model = .resnet(ResNetConfiguration())
    configuration.data = .idx(images: files.images, labels: files.labels)
    configuration.batchSize = 128
  default:
    configuration.model = .transformer(TransformerConfiguration())
    configuration.data = .text(path: folder.appending(path: "text").path, contextLength: 128)
    configuration.batchSize = 32
  }
  guard let kind = OptimizerConfiguration.Kind(rawValue: optimizer) else {
    throw TrainingError.invalid(
      subject: "optimizer", expected: "adamw or lamb", found: optimizer, remedy: "Write one of them.")
  }
  configuration.optimizer.kind = kind
  configuration.gradientClip = kind == .lamb ? 1 : 0
  return configuration
}

/// Writes each parameter to a file of its name, and the first batches.
func share(_ trainer: borrowing Trainer, _ data: TrainingData, seed: UInt64, batchSize: Int, in folder: URL)
  throws
{
  guard let parameters = try trainer.snapshot()?.blocks["parameters"] else { return }
  for entry in parameters.layout {
    let values = Array(parameters.values[entry.offset..<entry.offset + entry.count])
    try values.withUnsafeBytes { Data($0) }.write(to: folder.appending(path: entry.name))
  }
  // The trial's own seed, as the trainer makes it.
  var generator = CounterGenerator(seed: seed, purpose: .initialization, index: 0)
  let trialSeed = generator.next()
  var order = SampleOrder(count: data.count(of: .train), seed: trialSeed)
  let buffer = try BatchBuffer(data, capacity: batchSize)
  for number in 0..<sharedBatches {
    let start = number * batchSize
    let permutation = order.permutation(ofEpoch: 0)
    buffer.fill(
      positions: start..<start + batchSize, epochStart: 0, permutation: permutation, seed: trialSeed)
    let inputs =
      switch buffer.inputs {
      case .features(let values): Data(buffer: values)
      case .tokens(let values): Data(buffer: values)
      }
    try inputs.write(to: folder.appending(path: "inputs-\(number)"))
    guard let targets = buffer.targets.classes else { preconditionFailure("the benchmarks have classes") }
    try Data(buffer: targets).write(to: folder.appending(path: "targets-\(number)"))
  }
}

func answer(_ reply: Reply) throws {
  try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(reply) + Data("\n".utf8))
}

func main() throws {
  let arguments = CommandLine.arguments
  guard arguments.count == 4 || arguments.count == 5 else {
    throw TrainingError.invalid(
      subject: "arguments", expected: "MODEL OPTIMIZER FOLDER [DEVICE]",
      found: arguments.dropFirst().joined(separator: " "),
      remedy: "Let beside_pytorch.py start this.")
  }
  let folder = URL(filePath: arguments[3])
  let seed: UInt64 = 1
  var configuration = try configuration(arguments[1], arguments[2], folder)
  configuration.device = arguments.count == 5 ? ComputeDevice(rawValue: arguments[4]) ?? .cpu : .cpu
  let data = try TrainingData(configuration.data, split: configuration.split, seed: seed)
  var trainer = try Trainer(configuration, data: data, seed: seed, trial: 0)
  try share(trainer, data, seed: seed, batchSize: configuration.batchSize, in: folder)
  try answer(Reply())
  while let line = readLine(), let steps = Int(line) {
    var reply = Reply()
    for _ in 0..<steps {
      let before = trainer.progress
      let (start, processor) = (now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID))
      _ = try trainer.train(to: before.budget + 1, isInterrupted: { false })
      reply.seconds.append(now(CLOCK_MONOTONIC) - start)
      reply.processorSeconds.append(now(CLOCK_PROCESS_CPUTIME_ID) - processor)
      let after = trainer.progress
      reply.losses.append((after.lossSum - before.lossSum) / Double(after.lossCount - before.lossCount))
    }
    try answer(reply)
  }
}

try main()
