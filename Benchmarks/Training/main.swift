// Our side of the training benchmarks: the program's own Trainer, on one rank or, for `two_ranks.py`, on two, each with
// a batch of BATCH samples. `beside_pytorch.py` starts it with the data, copies its weights and batches from FOLDER, and
// then takes turns with it: a number of steps on standard input, the losses and the seconds of each step on standard
// output, a line each.
//
//   bench-training MODEL BATCH OPTIMIZER FOLDER [DEVICE]
import Foundation
import MPI
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

func configuration(_ model: String, batch: Int, _ optimizer: String, _ folder: URL) throws
  -> TrainingConfiguration
{
  var configuration = TrainingConfiguration()
  configuration.budgetUnit = .steps
  configuration.batchSize = batch
  configuration.split = SplitFractions(train: 0.8, dev: 0.2, test: 0)
  let files = (images: folder.appending(path: "images").path, labels: folder.appending(path: "labels").path)
  switch model {
  case "mlp":
    var mlp = MLPConfiguration()
    mlp.hidden = [1024, 1024]
    configuration.model = .mlp(mlp)
    configuration.data = .idx(images: files.images, labels: files.labels)
  case "resnet":
    configuration.model = .resnet(ResNetConfiguration())
    configuration.data = .idx(images: files.images, labels: files.labels)
  default:
    configuration.model = .transformer(TransformerConfiguration())
    configuration.data = .text(path: folder.appending(path: "text").path, contextLength: 128)
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
    buffer.fill(positions: Array(start..<start + batchSize), in: &order)
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

func run(on world: borrowing Communicator) throws {
  let arguments = CommandLine.arguments
  guard arguments.count == 5 || arguments.count == 6, let batch = Int(arguments[2]) else {
    throw TrainingError.invalid(
      subject: "arguments", expected: "MODEL BATCH OPTIMIZER FOLDER [DEVICE]",
      found: arguments.dropFirst().joined(separator: " "),
      remedy: "Let beside_pytorch.py start this.")
  }
  let folder = URL(filePath: arguments[4])
  let seed: UInt64 = 1
  var configuration = try configuration(arguments[1], batch: batch * world.size, arguments[3], folder)
  configuration.device = arguments.count == 6 ? ComputeDevice(rawValue: arguments[5]) ?? .cpu : .cpu
  let data = try TrainingData(configuration.data, split: configuration.split, seed: seed)
  var trainer = try Trainer(configuration, data: data, seed: seed, trial: 0, on: world)
  if world.size == 1 { try share(trainer, data, seed: seed, batchSize: batch, in: folder) }
  if world.isRoot { try answer(Reply()) }
  while true {
    var steps: [Int64] = [world.isRoot ? readLine().flatMap { Int64($0) } ?? 0 : 0]
    try world.broadcast(&steps)
    if steps[0] == 0 { break }
    let reply = try train(&trainer, steps: Int(steps[0]))
    if world.isRoot { try answer(reply) }
  }
}

func train(_ trainer: inout Trainer, steps: Int) throws -> Reply {
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
  return reply
}

/// A function, because MPI is finalized when the environment goes, and a global never goes.
func main() throws {
  let environment = try MPIEnvironment()
  try run(on: environment.world)
}

try main()
