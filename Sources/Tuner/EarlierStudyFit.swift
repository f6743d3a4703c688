import Search

// How an earlier study fits a new one: parameters by name, costs by the new objective.
extension EarlierStudy {
  /// What the new study may learn: at the largest budget with enough of them, the measurements whose shared
  /// parameters lie in the new space.
  ///
  /// - Throws: `TunerError` when the objective was not measured, no parameter is shared, a shared parameter
  ///   has other values, or too little lies in the new space.
  func prior(for objective: Objective, in space: SearchSpace) throws(TunerError) -> PriorStudy {
    let costs = try costs(by: objective)
    let shared = try sharedParameters(with: space)
    let fitting = costs.filter { row in shared.allSatisfy { contains(row.measured, $0) } }
    var places: [Int: [Int]] = [:]
    for (place, row) in fitting.enumerated() { places[row.measured.budget, default: []].append(place) }
    guard let budget = places.filter({ $0.value.count >= Self.fewest }).keys.max(),
      let chosen = places[budget]
    else { throw tooFew(fitting.count, of: costs.map(\.measured), shared) }
    return PriorStudy(
      // A table says nothing of conditions.
      name: name,
      space: self.space ?? SearchSpace(shared.map { Parameter(name: $0.name, domain: $0.domain) }),
      configurations: chosen.map { fitting[$0].measured.configuration },
      costs: chosen.map { fitting[$0].cost },
      metaFeatures: metaFeatures)
  }

  /// A line for the user.
  func description(of prior: PriorStudy, in space: SearchSpace) -> String {
    let shared = space.parameters.map(\.name).filter { name in
      prior.configurations.contains { $0[name] != nil }
    }
    let new = space.parameters.map(\.name).filter { !shared.contains($0) }
    return "\(name): \(prior.configurations.count) of \(measured.count) measurements, "
      + "by \(shared.joined(separator: ", "))\(new.isEmpty ? "" : "; it has no \(new.joined(separator: ", "))")"
      + (metaFeatures == nil ? "; nothing is known of its data" : "")
  }

  private func costs(by objective: Objective) throws(TunerError) -> [(measured: Measured, cost: Double)] {
    let costs = measured.compactMap { row in
      row.metrics[objective.metric].flatMap { $0.isFinite ? (row, objective.cost(of: $0)) : nil }
    }
    guard costs.isEmpty else { return costs }
    let found = Set(measured.flatMap(\.metrics.keys)).sorted().joined(separator: ", ")
    throw Self.error(
      path, asked, expected: "measurements of the objective \(objective.metric)",
      found: found.isEmpty ? "none" : found,
      remedy: "Take it out of \(asked), or choose an objective that it measured.")
  }

  /// The new space's parameters that the earlier study has too, by name.
  private func sharedParameters(with space: SearchSpace) throws(TunerError) -> [Parameter] {
    let known = Set(self.space?.parameters.map(\.name) ?? measured.flatMap(\.configuration.values.keys))
    let shared = space.parameters.filter { known.contains($0.name) }
    guard !shared.isEmpty else {
      throw Self.error(
        path, asked,
        expected: "at least one of the parameters \(space.parameters.map(\.name).joined(separator: ", "))",
        found: known.isEmpty ? "none" : "only \(known.sorted().joined(separator: ", "))",
        remedy: "Take it out of \(asked): it says nothing of this space.")
    }
    for parameter in shared {
      let values = measured.compactMap { $0.configuration[parameter.name] }
      guard !values.isEmpty, !values.contains(where: parameter.domain.contains) else { continue }
      throw Self.error(
        path, asked, expected: "\(parameter.domain) for the parameter \(parameter.name), at least once",
        found: self.space?.parameters.first { $0.name == parameter.name }.map { "\($0.domain)" }
          ?? "\(values[0])",
        remedy: "Widen \(parameter.name) in search.space, or take this study out of \(asked).")
    }
    return shared
  }

  /// A parameter that was not active says nothing against its configuration.
  private func contains(_ row: Measured, _ parameter: Parameter) -> Bool {
    row.configuration[parameter.name].map(parameter.domain.contains) ?? true
  }

  private func tooFew(_ fitting: Int, of rows: [Measured], _ shared: [Parameter]) -> TunerError {
    let outside = shared.map { parameter in (parameter.name, rows.count { !contains($0, parameter) }) }
    let worst = outside.max { $0.1 < $1.1 }
    let blame = worst.map { $0.1 > 0 ? "; \($0.0) lies outside its range in \($0.1) of them" : "" } ?? ""
    return Self.error(
      path, asked, expected: "at least \(Self.fewest) measurements of one budget within this space",
      found: "\(fitting) of \(rows.count)\(blame)",
      remedy: blame.isEmpty
        ? "Let that study measure more, or take it out of \(asked)."
        : "Widen that range in search.space, or take this study out of \(asked).")
  }
}
