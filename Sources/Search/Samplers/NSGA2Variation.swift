import Randomness

/// How NSGA-II makes a child of two parents, all points of the unit cube.
struct NSGA2Variation {
  let space: SearchSpace
  let options: NSGA2Options

  /// A child by crossover and mutation. Parents are rows of an `ObservationTable`: NaN where a parameter is
  /// inactive.
  func child(of first: [Double], _ second: [Double], using random: inout CounterGenerator) -> [Double] {
    let isCrossed = random.nextUniform() < options.crossover
    var child: [Double] = []
    for (j, parameter) in space.parameters.enumerated() {
      // Drawn in any case, so that one coordinate never shifts the numbers of the next.
      let (coin, draw, side, fresh) = (
        random.nextUniform(), random.nextUniform(), random.nextUniform(), random.nextUniform()
      )
      // What is inactive in one parent, the other one knows better; in both, nobody does.
      let own = first[j].isNaN ? (second[j].isNaN ? fresh : second[j]) : first[j]
      let other = second[j].isNaN ? own : second[j]
      // Each coordinate with probability 1/2, as in Deb's program.
      guard isCrossed, coin < 0.5 else {
        child.append(own)
        continue
      }
      if parameter.domain.isCategorical {
        child.append(side < 0.5 ? own : other)
      } else {
        let (low, high) = Variation.crossed(own, other, at: draw, index: options.crossoverIndex)
        child.append(side < 0.5 ? low : high)
      }
    }
    return mutated(child, using: &random)
  }

  /// Each coordinate is mutated with probability 1/d.
  func mutated(_ point: [Double], using random: inout CounterGenerator) -> [Double] {
    let rate = 1 / Double(point.count)
    return zip(point, space.parameters).map { value, parameter in
      let (coin, draw) = (random.nextUniform(), random.nextUniform())
      guard coin < rate else { return value }
      return parameter.domain.isCategorical
        ? draw : Variation.mutated(value, at: draw, index: options.mutationIndex)
    }
  }
}
