import Foundation
import Testing

@testable import Training

/// Files that are no exported program, or none that can be trained, and what is said of them.
@Suite struct ExportedFilesTests {
  private static let folder = ExportedTests.golden.path + "/exported/"

  private static func message(_ path: String, _ form: DataSet.Form = ExportedTests.small) -> String {
    trainingError { () throws(TrainingError) in
      _ = try ExportedTests.program(path).makeModel(for: form, seed: 1, device: .cpu)
    }
  }

  /// Of a file of bytes, for the time of the call.
  private static func message(of bytes: Data) throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).pt2"
    try bytes.write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return message(path).replacing(path, with: "x.pt2")
  }

  private static let remedy =
    "Save one: torch.export.save(torch.export.export(module, (x,), dynamic_shapes=({0: torch.export.Dim('batch')},)), "
    + "path)."

  @Test(arguments: [
    (
      "fixed",
      "one for batches of 4 only. Export it with dynamic_shapes={'x': {0: torch.export.Dim('batch')}}."
    ),
    (
      "operator",
      "torch.ops.tuner_golden.twice.default, which this libtorch doesn't have. Export a module of PyTorch's own operators."
    ),
    (
      "branching",
      "torch.ops.higher_order.cond, which needs Python. Write forward without it, and export the module again."
    ),
    ("pair", "2 inputs of forward. Export a module whose forward takes one tensor and returns one."),
    ("two", "2 results of forward. Export a module whose forward takes one tensor and returns one."),
    (
      "forgetful",
      "torch.ops.aten._native_batch_norm_legit_no_training.default, which forgot whether it trains. Export the "
        + "module in train mode, or save the program before run_decompositions."
    ),
  ])
  func `a program that cannot be trained says why`(name: String, said: String) {
    #expect(
      Self.message(Self.folder + name + ".pt2").replacing(Self.folder, with: "")
        == "model.path: expected an exported program at \(name).pt2, found \(said)")
  }

  @Test func `a program that doesn't fit says what it returns`() {
    func message(_ name: String, _ form: DataSet.Form = ExportedTests.small) -> String {
      Self.message(Self.folder + name + ".pt2", form).replacing(Self.folder, with: "")
    }
    #expect(
      message("own", .labelled(shape: [64], classes: 3))
        == "model.path: expected outputs [2, 3] for inputs [2, 64] from own.pt2, found [2, 10]. Change the module's "
        + "forward, or the data.")
    #expect(
      message("double")
        == "model.path: expected parameters and buffers of 32-bit floats in double.pt2, found linear.weight of float64. "
        + "Save the module as float32.")
    #expect(
      message("whole")
        == "model.path: expected parameters and buffers of 32-bit floats in whole.pt2, found count of int64. "
        + "Save the module as float32.")
    #expect(
      message("doubled")
        == "model.path: expected outputs [2, 3] for inputs [2, 1, 6, 6] from doubled.pt2, found numbers of float64. "
        + "Change the module's forward, or the data.")
    #expect(
      message("frozen")
        == "model.path: expected parameters that are trained in frozen.pt2, found linear.weight, which requires no "
        + "gradient. Register it as a buffer, or let it require a gradient, and save the module again.")
    #expect(
      message("images", ExportedTests.digits).hasPrefix(
        "model.path: expected outputs [2, 10] for inputs [2, 1, 8, 8] from images.pt2, found "))
  }

  @Test func `what is no such file says so`() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: Self.folder + "images.pt2"))
    let expected = "model.path: expected an exported program at x.pt2, found "
    #expect(
      try Self.message(of: Data("torch".utf8))
        == "\(expected)no ZIP archive, or a cut one. \(Self.remedy)")
    #expect(
      try Self.message(of: whole.prefix(whole.count / 2))
        == "\(expected)no ZIP archive, or a cut one. \(Self.remedy)")
    let script = ExportedTests.golden.appending(path: "scripts/images.pt")
    #expect(
      try Self.message(of: Data(contentsOf: script))
        == "\(expected)an archive without models/model.json. \(Self.remedy)")
    func changed(_ old: String, _ new: String) throws -> String {
      var bytes = whole
      let range = try #require(bytes.range(of: Data(old.utf8)))
      bytes.replaceSubrange(range, with: Data(new.utf8))
      return try Self.message(of: bytes)
    }
    #expect(
      try changed("\"graph_module\"", "\"graph_modula\"")
        == "\(expected)a damaged models/model.json. \(Self.remedy)")
    let none = Self.message("/nowhere/none.pt2")
    #expect(
      none.hasPrefix("model.path: expected an exported program at /nowhere/none.pt2, found "), "\(none)")
    #expect(none.hasSuffix(Self.remedy))
  }

  /// Every byte of a small file in turn, so that whatever is damaged, nothing traps.
  @Test func `a damaged file is refused, or what it was`() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: Self.folder + "images.pt2"))
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).pt2"
    defer { try? FileManager.default.removeItem(atPath: path) }
    for place in stride(from: 0, to: whole.count, by: 23) {
      var bytes = whole
      bytes[place] ^= 0x5A
      try bytes.write(to: URL(fileURLWithPath: path))
      do throws(TrainingError) {
        _ = try ExportedTests.program(path).makeModel(for: ExportedTests.small, seed: 1, device: .cpu)
      } catch {
        #expect(
          "\(error)".hasPrefix("model.path: expected an exported program at \(path), found "),
          "\(place): \(error)")
      }
    }
  }
}
