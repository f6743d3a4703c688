import Foundation
import Testing

/// `tuner-mpi export`, and the programs that open what it writes.
@Suite(.serialized, .enabled(if: Program.isBuilt, "no release build: run make build"))
struct ExportTests {
  static let python: String? = {
    let path =
      ProcessInfo.processInfo.environment["TUNER_READERS"]
      ?? Program.root.appending(path: ".build-deps/readers/bin/python").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  static let hasTorch = has("import h5py, numpy, safetensors, torch")

  private static func has(_ imports: String) -> Bool {
    guard let python else { return false }
    let check = try? Launched([python, "-c", imports], in: FileManager.default.temporaryDirectory).wait()
    return check?.code == 0
  }

  /// Images of three classes that a small network tells apart, but not always: 12 x 12, raw bytes.
  private static let images = """
    import numpy
    random = numpy.random.default_rng(5)
    def write(name, count):
        labels = random.integers(0, 3, count)
        images = random.normal(120, 40, (count, 12, 12))
        for image, label in zip(images, labels):
            image[2 + 3 * label : 4 + 3 * label, 2:10] += 45
        numpy.save(f"{name}-x.npy", numpy.clip(images, 0, 255).astype("u1"))
        numpy.save(f"{name}-y.npy", labels)
    write("train", 700)
    write("dev", 150)
    """

  private static func study(_ model: String) -> String {
    """
    study: small
    data:
      kind: npy
      samples: train-x.npy
      labels: train-y.npy
      dev: {samples: dev-x.npy, labels: dev-y.npy}
    model: \(model)
    training: {batch_size: 32}
    search:
      space:
        learning_rate: {type: float, low: 1e-3, high: 1e-2, scale: log}
      sampler: random
      scheduler: {kind: full, trials: 2, budget: 2}

    """
  }

  /// The fenced block of a page that contains a word.
  private func fenced(_ page: String, containing word: String) throws -> String {
    let text = try String(contentsOf: Program.root.appending(path: "docs/\(page)"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```python\n").dropFirst().map {
      $0.components(separatedBy: "\n```")[0]
    }
    return try #require(blocks.first { $0.contains(word) })
  }

  private func python(_ script: String, in directory: URL) throws -> String {
    let output = try Launched([try #require(Self.python), "-c", script], in: directory).wait()
    try #require(output.code == 0, "\(output.standardError)")
    return output.standardOutput
  }

  /// The number behind a word.
  private func number(_ word: String, in text: String) throws -> Double {
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(word) }, "\(text)")
    return try #require(line.split(separator: " ").last.flatMap { Double($0) }, "\(text)")
  }

  @Test(
    .enabled(if: hasTorch, "no Python with the readers and PyTorch: run make readers"),
    arguments: [
      "{kind: cnn, width: 8, classifier_width: 16, dropout: 0.1}", "{kind: resnet, depth: 8, width: 4}",
      "{kind: mlp, hidden: [32], normalization: batch}", "{kind: tabular, width: 16, blocks: 1}",
    ])
  func `the page's script has the accuracy that the study measured`(model: String) throws {
    let directory = try Program.scratch("export-\(UUID().uuidString)")
    _ = try python(Self.images, in: directory)
    try Self.study(model).write(
      to: directory.appending(path: "small.yaml"), atomically: true, encoding: .utf8)
    let run = try Program.run(["small.yaml", "--run-directory", "run"], in: directory)
    try #require(run.code == 0, "\(run.standardError)")
    for format in ["torchscript", "safetensors"] {
      let output = try Program.run(["export", "run", "--format", format], in: directory)
      try #require(output.code == 0, "\(output.standardError)")
      #expect(
        FileManager.default.fileExists(atPath: directory.appending(path: output.standardOutput.trimmed).path))
    }
    let printed = try python(try fenced("pytorch.md", containing: "torch.jit.load"), in: directory)
    let (here, measured) = (try number("accuracy", in: printed), try number("measured", in: printed))
    #expect(abs(here - measured) < 1e-6)
    #expect(measured > 0.4, "as good as chance: \(printed)")
    // The same tensors by another reader; the page's network is the convolutional one.
    let names = try python(
      """
      import torch
      from safetensors.torch import load_file
      script, tensors = torch.jit.load("run/model.pt").state_dict(), load_file("run/model.safetensors")
      print(script.keys() == tensors.keys() and all(torch.equal(script[name], tensors[name]) for name in script))
      """, in: directory)
    #expect(names.trimmed == "True")
    guard model.contains("cnn") else { return }
    let rebuilt = try python(try fenced("pytorch.md", containing: "load_state_dict"), in: directory)
    #expect(abs(try number("accuracy", in: rebuilt) - measured) < 1e-6, "\(rebuilt)")
  }

  @Test(.enabled(if: hasTorch, "no Python with the readers and PyTorch: run make readers"))
  func `a transformer reads bytes, and has the loss that was measured`() throws {
    let directory = try Program.scratch("export-\(UUID().uuidString)")
    let text = (0..<450).map { "line \($0): \($0 * $0 % 97), and \($0 % 7 == 0 ? "again" : "on")\n" }.joined()
    try text.write(to: directory.appending(path: "text.txt"), atomically: true, encoding: .utf8)
    try """
    study: small
    data: {kind: text, path: text.txt, context_length: 16}
    model: {kind: transformer, layers: 2, heads: 2, width: 16, positions: rotary}
    training: {batch_size: 32}
    search:
      space:
        learning_rate: {type: float, low: 1e-3, high: 1e-2, scale: log}
      sampler: random
      scheduler: {kind: full, trials: 1, budget: 1}

    """.write(to: directory.appending(path: "small.yaml"), atomically: true, encoding: .utf8)
    let run = try Program.run(["small.yaml", "--run-directory", "run"], in: directory)
    try #require(run.code == 0, "\(run.standardError)")
    let export = try Program.run(["export", "run", "--format", "torchscript"], in: directory)
    try #require(export.code == 0, "\(export.standardError)")
    let printed = try python(
      """
      import json, numpy, torch
      extra = {"record.json": ""}
      model = torch.jit.load("run/model.pt", _extra_files=extra)
      record = json.loads(extra["record.json"])
      whole = numpy.fromfile("text.txt", "u1").astype("i8")
      text = torch.from_numpy(whole[round(0.8 * len(whole)) : round(0.9 * len(whole))])
      length = record["sample_shape"][0]
      windows = (len(text) - 1) // length
      x, y = text[: windows * length].view(-1, length), text[1 : windows * length + 1]
      tokens = torch.zeros(256, dtype=torch.long)
      tokens[record["vocabulary"]] = torch.arange(len(record["vocabulary"]))
      logits = model(x).flatten(0, 1)
      print("accuracy", (logits.argmax(1) == tokens[y]).double().mean().item())
      print("measured", record["metrics"]["dev_accuracy"])
      """, in: directory)
    #expect(abs(try number("accuracy", in: printed) - number("measured", in: printed)) < 1e-6, "\(printed)")
  }

  @Test func `every format of the page is written from a run, finished or not`() throws {
    let directory = try SmallStudy.finished("export")
    let page = try String(contentsOf: Program.root.appending(path: "docs/export.md"), encoding: .utf8)
    let commands = page.split(separator: "\n").compactMap { line -> [String]? in
      let words = line.split(separator: "#")[0].split(separator: " ").map(String.init)
      return line.hasPrefix("    tuner-mpi export") ? Array(words.dropFirst()) : nil
    }
    #expect(commands.count >= 7)
    for command in commands {
      let words = command.map { $0 == "runs/digits" ? "run" : $0 }
      let output = try Program.run(words, in: directory)
      #expect(output.code == 0, "\(words): \(output.standardError)")
      let place = directory.appending(path: output.standardOutput.trimmed).path
      #expect(FileManager.default.fileExists(atPath: place), "\(words)")
    }
  }

  @Test func `what cannot be exported is refused, with what to do`() throws {
    let directory = try SmallStudy.finished("export-refused")
    let unknown = try Program.run(["export", "run", "--format", "tensorbord"], in: directory)
    #expect(unknown.code == 64 && unknown.standardError.contains("tensorboard"), "\(unknown.standardError)")
    let absent = try Program.run(["export", "elsewhere", "--format", "jobs"], in: directory)
    #expect(
      absent.code == 66 && absent.standardError.contains("expected a run directory"),
      "\(absent.standardError)")
    let trial = try Program.run(
      ["export", "run", "--format", "safetensors", "--trial", "17"], in: directory)
    #expect(trial.code == 64 && trial.standardError.contains("a state that trial 17 reached"))
    let all = try Program.run(["export", "run", "--format", "jobs", "--trial", "1"], in: directory)
    #expect(all.code == 64 && all.standardError.contains("which is of all trials"), "\(all.standardError)")
  }

  @Test func `a simulation takes the table that a run wrote`() throws {
    let directory = try SmallStudy.finished("export-simulated")
    for command in [["export", "run", "--format", "jobs"], ["report", "run"]] {
      try #require(try Program.run(command, in: directory).code == 0)
    }
    for table in ["run/jobs.csv", "run/trials.csv"] {
      let output = try Program.run(["simulate", "small.yaml", "--table", table], in: directory)
      #expect(output.code == 0 && output.standardOutput.contains("best"), "\(output.standardError)")
    }
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
