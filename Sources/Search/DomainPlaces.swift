import RealModule

// The unit interval. A float's place is linear in the value, in its logarithm or in its logit. The k-th of n
// integers, steps, ordered values or choices owns the cell [k/n, (k+1)/n) and stands for it by its middle; on
// a log scale a value k owns the logarithms of half a step around it and stands at log k. So a uniform number
// becomes a uniform value, and a discrete value survives the way there and back exactly.
extension Domain {
  /// The value at `unit`, which is clipped to [0, 1].
  public func value(at unit: Double) -> ParameterValue {
    let unit = min(max(unit, 0), 1)
    switch self {
    case .float(let low, let high, let scale):
      let place = scale.measure(low) * (1 - unit) + scale.measure(high) * unit
      return .number(min(max(scale.number(place), low), high))
    case .integer(let low, let high, .log):
      let (start, end) = Self.logarithms(Double(low), Double(high), step: 1)
      let rounded = Double.exp(start + unit * (end - start)).rounded()
      return .number(min(max(rounded, Double(low)), Double(high)))
    case .integer(let low, let high, _):
      return .number(Double(min(low + Int(unit * Double(high - low + 1)), high)))
    case .quantized(let low, let high, let step, .log):
      let grid = Grid(low, high, step)
      let (start, end) = Self.logarithms(low, grid.last, step: step)
      return .number(grid.value(nearest: Double.exp(start + unit * (end - start))))
    case .quantized(let low, let high, let step, _):
      let grid = Grid(low, high, step)
      return .number(grid.value(Int(unit * Double(grid.count))))
    case .ordinal(let choices), .categorical(let choices):
      return choices[min(Int(unit * Double(choices.count)), choices.count - 1)]
    }
  }

  /// Where `value` lies in [0, 1], or nil if it is not in the domain.
  public func unit(of value: ParameterValue) -> Double? {
    switch (self, value) {
    case (.float(let low, let high, let scale), .number(let number)):
      guard number >= low, number <= high else { return nil }
      return (scale.measure(number) - scale.measure(low)) / (scale.measure(high) - scale.measure(low))
    case (.integer(let low, let high, let scale), .number(let number)):
      guard contains(value) else { return nil }
      guard scale == .log else { return (number - Double(low) + 0.5) / Double(high - low + 1) }
      let (start, end) = Self.logarithms(Double(low), Double(high), step: 1)
      return (Double.log(number) - start) / (end - start)
    case (.quantized(let low, let high, let step, let scale), .number(let number)):
      let grid = Grid(low, high, step)
      guard let index = grid.index(of: number) else { return nil }
      guard scale == .log else { return (Double(index) + 0.5) / Double(grid.count) }
      let (start, end) = Self.logarithms(low, grid.last, step: step)
      return (Double.log(grid.value(index)) - start) / (end - start)
    case (.ordinal(let choices), _), (.categorical(let choices), _):
      guard let index = choices.firstIndex(of: value) else { return nil }
      return (Double(index) + 0.5) / Double(choices.count)
    default:
      return nil
    }
  }

  /// The value `steps` places after `value` in a discrete domain, or the domain's end if there are fewer;
  /// itself for a float and for an unordered choice, which has no neighbours.
  func neighbour(of value: ParameterValue, by steps: Int) -> ParameterValue {
    switch (self, value) {
    case (.integer(let low, let high, _), .number(let number)):
      return .number(min(max(number + Double(steps), Double(low)), Double(high)))
    case (.quantized(let low, let high, let step, _), .number(let number)):
      let grid = Grid(low, high, step)
      return .number(grid.value((grid.index(of: number) ?? 0) + steps))
    case (.ordinal(let choices), _):
      guard let index = choices.firstIndex(of: value) else { return value }
      return choices[min(max(index + steps, 0), choices.count - 1)]
    default:
      return value
    }
  }

  /// A cell of half a step on either side of the ends.
  private static func logarithms(_ low: Double, _ high: Double, step: Double) -> (start: Double, end: Double)
  {
    (Double.log(low - step / 2), Double.log(high + step / 2))
  }
}

extension Scale {
  /// The number in the measure of this scale.
  func measure(_ number: Double) -> Double {
    switch self {
    case .linear: number
    case .log: Double.log(number)
    case .logit: Double.log(number) - Double.log(onePlus: -number)
    }
  }

  /// The number whose measure this is.
  fileprivate func number(_ measure: Double) -> Double {
    switch self {
    case .linear: measure
    case .log: Double.exp(measure)
    case .logit: 1 / (1 + Double.exp(-measure))
    }
  }
}
