import Foundation
public import MPI

extension TrainingData {
  /// Reads, splits and standardizes on the first rank of a node, for all of them: the node holds one copy.
  ///
  /// Collective over `node` (`Communicator.splitByNode`). All ranks must let go of the data at the same
  /// point, because freeing the memory is collective too; a worker keeps it for its whole life.
  ///
  /// - Throws: `TrainingError.data` on the first rank, as without sharing; the others learn what it says.
  public init(
    _ configuration: DataConfiguration, split: SplitFractions, seed: UInt64,
    sharedOn node: borrowing Communicator
  ) throws(TrainingError) {
    guard node.size > 1 else {
      try self.init(configuration, split: split, seed: seed)
      return
    }
    var failure: TrainingError?
    var local: TrainingData?
    if node.isRoot {
      do throws(TrainingError) {
        local = try TrainingData(configuration, split: split, seed: seed)
      } catch {
        failure = error
      }
    }
    do {
      let bytes = try node.isRoot ? Header(local, failure).encoded : nil
      let header = try Header(encoded: node.broadcastBytes(bytes))
      if failure == nil, let message = header.failure { failure = .library(message) }
      if let failure { throw failure }
      try self.init(header, local: local, split: split, seed: seed, on: node)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw .library("\(error)")
    }
  }

  private init(
    _ header: Header, local: TrainingData?, split fractions: SplitFractions, seed: UInt64,
    on node: borrowing Communicator
  ) throws {
    standardization = header.standardization
    switch header.form {
    case .labelled(let shape, let classes):
      form = .labelled(shape: shape, classes: classes)
      let size = shape.reduce(1, *)
      let parts = local?.labelledMemory
      let values = try SampleMemory<Float>(sharing: parts?.values, count: header.count * size, on: node)
      let labels = try SampleMemory<Int64>(sharing: parts?.labels, count: header.count, on: node)
      // A function of the labels and the seed: cheaper to compute again than to send.
      let split = DataSplit(
        labels: labels.withScalars { $0.map { Int($0) } }, fractions: fractions, seed: seed)
      content = .labelled(values: values, size: size, labels: labels, split: split)
    case .text(let vocabulary, let contextLength):
      form = .text(vocabulary: vocabulary, contextLength: contextLength)
      let tokens = try SampleMemory<UInt8>(sharing: local?.tokenMemory, count: header.count, on: node)
      content = .text(
        tokens: tokens, contextLength: contextLength, ranges: Self.ranges(of: header.count, fractions))
    case nil:
      throw TrainingError.library("The node's first rank sent neither data nor an error.")
    }
  }

  private var labelledMemory: (values: SampleMemory<Float>, labels: SampleMemory<Int64>)? {
    if case .labelled(let values, _, let labels, _) = content { (values, labels) } else { nil }
  }

  private var tokenMemory: SampleMemory<UInt8>? {
    if case .text(let tokens, _, _) = content { tokens } else { nil }
  }

  /// What the first rank tells the others.
  private struct Header: Codable {
    var form: DataSet.Form?
    var standardization: Standardization?
    /// Samples, or characters.
    var count = 0
    var failure: String?

    init(_ local: TrainingData?, _ failure: TrainingError?) {
      form = local?.form
      standardization = local?.standardization
      count = local?.labelledMemory?.labels.count ?? local?.tokenMemory?.count ?? 0
      self.failure = failure?.description
    }

    init(encoded bytes: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) }

    var encoded: [UInt8] { get throws { Array(try JSONEncoder().encode(self)) } }
  }
}
