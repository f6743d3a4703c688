// The energy of training, for studies that ask for it.
extension Trainer {
  /// Counters of what this rank answers for; nil where nobody asks. The first rank of a host counts its processors,
  /// the first on a GPU that. Collective.
  func energyCounters() throws(TrainingError) -> EnergyCounters? {
    guard configuration.resourceMetrics?.contains(.joules) ?? false else { return nil }
    let (hosts, device) = (peers.hosts, model.store.device)
    let isFirst = hosts.isEmpty || hosts.firstIndex(of: hosts[peers.rank]) == peers.rank
    let number = if case .cuda(let number) = device { Double(number) } else { -1.0 }
    let numbers = try peers.joined([number])
    let sharers = numbers.indices.filter {
      numbers[$0] == number && (hosts.isEmpty || hosts[$0] == hosts[peers.rank])
    }
    let isFirstOnDevice = sharers.first == peers.rank
    return try peers.together { () throws(TrainingError) -> EnergyCounters? in
      if case .cuda(let number) = device, isFirstOnDevice {
        return try EnergyCounters(countsHost: isFirst, gpu: number)
      }
      return isFirst ? try EnergyCounters() : nil
    }
  }

  /// Adds what all ranks have used. Collective.
  mutating func addEnergy(_ counters: EnergyCounters?) throws(TrainingError) {
    guard configuration.resourceMetrics?.contains(.joules) ?? false else { return }
    progress.joules = try (progress.joules ?? 0) + peers.sum([counters?.joules ?? 0])[0]
  }
}
