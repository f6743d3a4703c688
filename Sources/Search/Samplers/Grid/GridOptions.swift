/// How fine a grid is.
public struct GridOptions: SamplerOptions {
  /// How many values of a float, and of an integer at most, at least 1. All choices are taken.
  public var resolution: Int
  /// The same for single parameters, by name.
  public var resolutions: [String: Int]

  /// More values of one parameter than any study tries.
  private static let finest = 1 << 20

  public init(resolution: Int = 5, resolutions: [String: Int] = [:]) {
    self.resolution = resolution
    self.resolutions = resolutions
  }

  public func validate() throws(SearchError) {
    let kind = SamplerConfiguration.Kind.grid
    try kind.check("resolution", resolution, atLeast: 1, atMost: Self.finest)
    for (name, value) in resolutions.sorted(by: { $0.key < $1.key }) {
      try kind.check("resolution of \(name)", value, atLeast: 1, atMost: Self.finest)
    }
  }

  /// Checks that the points can be counted, too.
  public func validate(in space: SearchSpace, objectives: Int) throws(SearchError) {
    guard try pointCount(in: space) < .max else {
      throw SearchError(
        subject: "sampler grid", expected: "a grid whose points can be counted",
        found: "more than \(Int.max) points", remedy: "Lower the resolution, or use another sampler.")
    }
  }

  /// Checks the names too.
  func validate(in space: SearchSpace) throws(SearchError) {
    try validate()
    let names = Set(space.parameters.map(\.name))
    if let unknown = resolutions.keys.filter({ !names.contains($0) }).min() {
      throw SearchError(
        subject: "sampler grid", expected: "resolutions of parameters of the search space",
        found: "one of \(unknown)",
        remedy: "Write one of \(space.parameters.map(\.name).joined(separator: ", ")), or remove it.")
    }
  }

  /// How many configurations the grid over `space` has, those that constraints forbid among them; `Int.max`
  /// if there are more.
  /// - Throws: `SearchError` for a wrong space or wrong options.
  public func pointCount(in space: SearchSpace) throws(SearchError) -> Int {
    try ParameterGrid(space, self).count
  }

  public func outlook(in space: SearchSpace) throws(SearchError) -> String? {
    let count = try pointCount(in: space)
    let points = "a grid of \(count == .max ? "more than " : "")\(count) points"
    return space.constraints.isEmpty ? points : points + ", less those that the constraints forbid"
  }

  public var heeds: Heeding { [.pending] }

  public func makeSampler() -> any Sampler { GridSampler(self) }
}
