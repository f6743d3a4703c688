/// Parameters that are active together: those without a condition, or those with the same one.
///
/// A conditional space is searched down its tree, group by group: what the root's parameters should be is
/// learned from all trials, what a branch's should be from the trials that took that branch.
struct ParameterGroup: Sendable {
  /// Their places among the space's parameters, ascending.
  let members: [Int]
  let coordinates: [CellCoordinate]

  /// Every parameter in one group; parents come in earlier groups than their children.
  static func groups(of space: SearchSpace) -> [ParameterGroup] {
    var conditions: [Condition?] = []
    var members: [[Int]] = []
    for (j, parameter) in space.parameters.enumerated() {
      if let group = conditions.firstIndex(of: parameter.condition) {
        members[group].append(j)
      } else {
        conditions.append(parameter.condition)
        members.append([j])
      }
    }
    return members.map { members in
      let coordinates = members.map { CellCoordinate(space.parameters[$0].domain) }
      return ParameterGroup(members: members, coordinates: coordinates)
    }
  }

  /// Adds the members' coordinates of a row of all parameters to `parts`.
  func appendPart(of row: ArraySlice<Double>, to parts: inout [Double]) {
    for member in members { parts.append(row[row.startIndex + member]) }
  }
}
