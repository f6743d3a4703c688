import Foundation
public import MPI

extension TrainingData {
  /// Seconds that the node's ranks wait for the first one, which reads the files.
  private static let secondsToRead = 3600.0

  /// Reads, splits and standardizes on the first rank of a node, for all of them: the node holds one copy, if
  /// it can share memory (`isShared`).
  ///
  /// Collective over `node` (`Communicator.splitByNode`).
  ///
  /// - Parameter limits: what the data may take, the same on all ranks.
  /// - Throws: the same on every rank: `TrainingError.data` as without sharing, `TrainingError.memory` when
  ///   the data does not fit into the node's memory.
  public init(
    _ configuration: DataConfiguration, split: SplitFractions, seed: UInt64,
    sharedOn node: borrowing Communicator, limits: SharingLimits = SharingLimits()
  ) throws(TrainingError) {
    guard node.size > 1 else {
      try self.init(configuration, split: split, seed: seed)
      return
    }
    var failure: TrainingError?
    var local: TrainingData?
    if node.isRoot {
      do throws(TrainingError) {
        local = try TrainingData(configuration, split: split, seed: seed, .later)
      } catch {
        failure = error
      }
    }
    do {
      let deadline = Deadline.seconds(max(Self.secondsToRead, node.patience))
      let bytes = try node.isRoot ? Header(local, failure).encoded : nil
      let header = try Header(encoded: node.broadcastBytes(bytes, deadline: deadline))
      if let failure = header.failure { throw failure }
      let file =
        header.isOnDemand
        ? try node.together { () throws(TrainingError) in try configuration.openSamples() } : nil
      try self.init(header, local: local, file: file, split: split, seed: seed, on: node, limits)
    } catch let error as TrainingError {
      throw error
    } catch let error as MPIError {
      throw TrainingError(error)
    } catch {
      throw .library("\(error)")
    }
  }

  /// Whatever fails here, fails on all ranks.
  private init(
    _ header: Header, local: TrainingData?, file: SampleFile?, split fractions: SplitFractions, seed: UInt64,
    on node: borrowing Communicator, _ limits: SharingLimits
  ) throws {
    (preparation, targetScaling) = (header.preparation, header.targetScaling)
    (encoding, own, splitRule) = (header.encoding, header.own, fractions.rule)
    groups = header.groups
    classNames = header.classNames
    let deadline = Deadline.seconds(max(Self.secondsToRead, node.patience))
    switch header.form {
    case .samples(let shape, let targetForm, let categories):
      form = .samples(shape: shape, targets: targetForm, categories: categories)
      let size = shape.reduce(1, *)
      let parts = local?.labelledMemory
      let values: SampleValues
      if let file {
        values = .file(file)
      } else if header.isUnread {
        let (memory, preparation, isShared) = try Self.read(
          local, header, shape: shape, limits: limits, on: node, deadline: deadline)
        (values, self.preparation, self.isShared) = (.memory(memory), preparation, isShared)
      } else {
        let (memory, isShared) = try SampleMemory<Float>.shared(
          parts?.values, count: header.count * size, limits: limits, on: node, deadline: deadline)
        values = .memory(memory)
        self.isShared = isShared
      }
      let targets = try TargetMemory.shared(
        parts?.targets, targetForm, count: header.count, limits: limits, on: node, deadline: deadline)
      // A function of the targets and the seed: cheaper to compute again than to send.
      let split =
        header.split ?? DataSplit(strata: targets.strata, own: header.own, fractions: fractions, seed: seed)
      content = .labelled(values: values, size: size, targets: targets, split: split)
    case .text(let vocabulary, let contextLength):
      form = .text(vocabulary: vocabulary, contextLength: contextLength)
      let (tokens, isShared) = try SampleMemory<UInt8>.shared(
        local?.tokenMemory, count: header.count, limits: limits, on: node, deadline: deadline)
      self.isShared = isShared
      content = .text(
        tokens: tokens, contextLength: contextLength, ranges: Self.ranges(of: header.count, fractions))
    case nil:
      throw TrainingError.library("The node's first rank sent neither data nor an error.")
    }
  }

  /// The samples, read and made ready on the first rank in the memory that all keep: no copy of them is made.
  private static func read(
    _ local: TrainingData?, _ header: Header, shape: [Int], limits: SharingLimits,
    on node: borrowing Communicator, deadline: Deadline
  ) throws -> (SampleMemory<Float>, Preparation, isShared: Bool) {
    var outcome = Reading()
    let (memory, isShared) = try SampleMemory<Float>.shared(
      count: header.count * shape.reduce(1, *), limits: limits, on: node, deadline: deadline
    ) { elements in
      guard case .labelled(.unread(let file), _, _, let split) = local?.content else { return }
      do throws(TrainingError) {
        try file.readChecked(into: elements)
        outcome.preparation = try Preparation(
          of: elements, shape: shape, header.encoding, by: split.train)
      } catch {
        outcome.failure = error
      }
    }
    let bytes = try node.isRoot ? Array(JSONEncoder().encode(outcome)) : nil
    outcome = try JSONDecoder().decode(
      Reading.self, from: Data(node.broadcastBytes(bytes, deadline: deadline)))
    if let failure = outcome.failure { throw failure }
    guard let preparation = outcome.preparation else {
      throw TrainingError.library("The node's first rank read neither samples nor an error.")
    }
    return (memory, preparation, isShared)
  }

  /// What became of the samples that the first rank read into shared memory.
  private struct Reading: Codable {
    var preparation: Preparation?
    var failure: TrainingError?
  }

  /// The memory of the samples, in bytes; of those that are read on demand, of their targets.
  public var byteCount: Int {
    switch content {
    case .labelled(let values, _, let targets, _):
      values.byteCount + targets.byteCount
    case .text(let tokens, _, _): tokens.count
    }
  }

  /// `values` is nil where they stay in their file.
  private var labelledMemory: (values: SampleMemory<Float>?, targets: TargetMemory)? {
    guard case .labelled(let values, _, let targets, _) = content else { return nil }
    if case .memory(let memory) = values { return (memory, targets) }
    return (nil, targets)
  }

  private var tokenMemory: SampleMemory<UInt8>? {
    if case .text(let tokens, _, _) = content { tokens } else { nil }
  }

  /// What the first rank tells the others.
  private struct Header: Codable {
    var form: DataSet.Form?
    var preparation: Preparation?
    var classNames: [String] = []
    var targetScaling: TargetScaling?
    var encoding: TableEncoding?
    var own = OwnParts()
    /// Samples, or characters.
    var count = 0
    /// Where a column, which the first rank alone has read, divides the samples.
    var split: DataSplit?
    var groups: [Int32]?
    /// Whether every rank opens the files by itself.
    var isOnDemand = false
    /// Whether the samples are still to be read, into shared memory.
    var isUnread = false
    var failure: TrainingError?

    init(_ local: TrainingData?, _ failure: TrainingError?) {
      form = local?.form
      (preparation, targetScaling) = (local?.preparation, local?.targetScaling)
      classNames = local?.classNames ?? []
      encoding = local?.encoding
      groups = local?.groups
      own = local?.own ?? OwnParts()
      count = local?.labelledMemory?.targets.count ?? local?.tokenMemory?.count ?? 0
      if case .labelled(_, _, _, let own) = local?.content, local?.splitRule != nil { split = own }
      if case .labelled(.file, _, _, _) = local?.content { isOnDemand = true }
      if case .labelled(.unread, _, _, _) = local?.content { isUnread = true }
      self.failure = failure
    }

    init(encoded bytes: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) }

    var encoded: [UInt8] { get throws { Array(try JSONEncoder().encode(self)) } }
  }
}

extension TargetMemory {
  /// One copy for the node, as `SampleMemory.shared`.
  fileprivate static func shared(
    _ local: TargetMemory?, _ form: TargetForm, count: Int, limits: SharingLimits,
    on node: borrowing Communicator, deadline: Deadline
  ) throws(MPIError) -> TargetMemory {
    switch form {
    case .classes(let classes):
      var labels: SampleMemory<Int64>?
      if case .classes(let own, _) = local { labels = own }
      return .classes(
        try .shared(labels, count: count, limits: limits, on: node, deadline: deadline).memory,
        count: classes)
    case .numbers(let outputs):
      var values: SampleMemory<Float>?
      if case .numbers(let own, _) = local { values = own }
      return .numbers(
        try .shared(values, count: count * outputs, limits: limits, on: node, deadline: deadline).memory,
        outputs: outputs)
    }
  }
}

extension TrainingError {
  /// What failed between ranks. Where a host lacks memory, a smaller trial or data set may fit.
  public init(_ error: MPIError) {
    switch error {
    case .memory(let purpose, let needed, let found, let host):
      self = .memory(
        subject: purpose, expected: "\(HostMemory.text(needed)) on \(host)", found: found,
        remedy: "Start fewer ranks on a host, ask for more memory, or use less data.")
    case .timedOut, .cancelled: self = .peer(error.description)
    case .failedCall, .threadLevel, .invalid: self = .library(error.description)
    }
  }
}
