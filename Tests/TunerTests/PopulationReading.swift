import HDF5
import Search
import Tuner

extension Population {
  /// Reads a `population.h5`, whose members' checkpoints need not be there.
  init(at path: String) throws(HDF5Error) {
    let file = try HDF5File.open(path, checksums: .required)
    let members = try file.root.group("members")
    self.init(generation: try file.root.attribute("generation"), members: [])
    for name in try members.names() { self.members.append(try members.group(name).readMember()) }
  }
}

extension HDF5Group {
  fileprivate func readMember() throws(HDF5Error) -> Population.Member {
    let origin: Origin =
      switch try attribute("origin", as: String.self) {
      case "resume": .resume(from: try attribute("origin_budget"))
      case "fork": .fork(of: TrialID(try attribute("origin_trial")), at: try attribute("origin_budget"))
      default: .fresh
      }
    let hyperparameters = try group("hyperparameters")
    var configuration = Configuration()
    for name in try hyperparameters.attributeNames() {
      configuration[name] =
        try hyperparameters.attributeType(of: name) == .text
        ? .text(try hyperparameters.attribute(name)) : .number(try hyperparameters.attribute(name))
    }
    return Population.Member(
      trial: TrialID(try attribute("trial")), budget: try attribute("budget"),
      score: try hasAttribute("score") ? try attribute("score", as: Double.self) : nil,
      configuration: configuration, origin: origin,
      checkpoint: try hasAttribute("checkpoint") ? try attribute("checkpoint", as: String.self) : nil)
  }
}
