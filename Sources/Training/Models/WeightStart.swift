/// How weights start, by the name of a rule. Of a weight `[outputs, inputs, kernel, kernel]` the fan-in is inputs ·
/// kernel², the fan-out outputs · kernel².
public struct WeightStart: Equatable, Sendable {
  public var rule = Rule.standard
  /// What the drawn values are multiplied with, above 0.
  public var gain = 1.0

  public enum Rule: String, Codable, CaseIterable, Sendable {
    /// As the model's own description says.
    case standard
    /// Variance 2 / fan-in (He et al., ICCV 2015, equation 10).
    case heNormal = "he_normal"
    case heUniform = "he_uniform"
    /// Variance 2 / (fan-in + fan-out) (Glorot and Bengio, AISTATS 2010, equations 12 and 16).
    case xavierNormal = "xavier_normal"
    case xavierUniform = "xavier_uniform"
    /// Orthonormal rows or columns, whichever are fewer (Saxe, McClelland and Ganguli, arXiv:1312.6120).
    case orthogonal
    /// Variance 1 / fan-in (LeCun et al., "Efficient BackProp", 1998, equation 16).
    case lecunNormal = "lecun_normal"
  }

  /// Of a weight of this shape, at least two extents.
  func initialization(of shape: [Int], standard: Initialization) -> Initialization {
    let kernel = Double(shape.dropFirst(2).reduce(1, *))
    let (inputs, outputs) = (Double(max(shape[1], 1)) * kernel, Double(max(shape[0], 1)) * kernel)
    func normal(_ variance: Double) -> Initialization { .normal(deviation: gain * variance.squareRoot()) }
    func uniform(_ variance: Double) -> Initialization {
      .uniform(bound: gain * (3 * variance).squareRoot())
    }
    return switch rule {
    case .standard: standard.multiplied(by: gain)
    case .heNormal: normal(2 / inputs)
    case .heUniform: uniform(2 / inputs)
    case .xavierNormal: normal(2 / (inputs + outputs))
    case .xavierUniform: uniform(2 / (inputs + outputs))
    case .lecunNormal: normal(1 / inputs)
    case .orthogonal: .orthogonal(rows: shape[0], gain: gain)
    }
  }
}

extension Initialization {
  fileprivate func multiplied(by gain: Double) -> Self {
    if gain == 1 { return self }
    return switch self {
    case .constant(let value): .constant(Float(gain) * value)
    case .uniform(let bound): .uniform(bound: gain * bound)
    case .normal(let deviation): .normal(deviation: gain * deviation)
    case .orthogonal(let rows, let own): .orthogonal(rows: rows, gain: gain * own)
    }
  }
}

extension ModelDeclarations {
  /// The same with weights that start by a rule; biases and gains, of one extent, stay.
  ///
  /// - Parameter last: the weight of the map to the outputs, which stays as it is: small.
  func starting(by start: WeightStart, but last: String) -> Self {
    if start == WeightStart() { return self }
    var copy = self
    for index in copy.parameters.indices {
      let declaration = copy.parameters[index]
      guard declaration.shape.count >= 2, declaration.name != last else { continue }
      copy.parameters[index].initialization = start.initialization(
        of: declaration.shape, standard: declaration.initialization)
    }
    return copy
  }
}
