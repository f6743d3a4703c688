import Foundation
import Tensors

/// What tells a transformer where a position is: a table that is added to the embedding, or one by which
/// queries and keys are turned.
enum PositionCode {
  /// `[contextLength, width]`.
  case learned(Parameter)
  /// `[contextLength, width]`.
  case sinusoidal(Tensor)
  /// `[contextLength, head width / 2]` each.
  case rotary(cosines: Tensor, sines: Tensor)

  init(
    _ configuration: TransformerConfiguration, contextLength: Int, in store: ParameterStore
  ) throws(TensorError) {
    switch configuration.positions {
    case .learned: self = .learned(store.parameter("positions.weight"))
    case .sinusoidal:
      self = .sinusoidal(
        try Self.table(contextLength, configuration.width, on: store.device) { position, number in
          let angle = Self.angle(position, pair: number / 2, of: configuration.width)
          return number % 2 == 0 ? sin(angle) : cos(angle)
        })
    case .rotary:
      let width = configuration.usedHeadWidth
      self = .rotary(
        cosines: try Self.table(contextLength, width / 2, on: store.device) {
          cos(Self.angle($0, pair: $1, of: width))
        },
        sines: try Self.table(contextLength, width / 2, on: store.device) {
          sin(Self.angle($0, pair: $1, of: width))
        })
    }
  }

  var kind: TransformerConfiguration.Positions {
    switch self {
    case .learned: .learned
    case .sinusoidal: .sinusoidal
    case .rotary: .rotary
    }
  }

  /// position / 10000^(2 pair / width): Vaswani et al., §3.5.
  private static func angle(_ position: Int, pair: Int, of width: Int) -> Double {
    Double(position) * pow(10_000, -2 * Double(pair) / Double(width))
  }

  private static func table(
    _ rows: Int, _ columns: Int, on device: Device, _ value: (Int, Int) -> Double
  ) throws(TensorError) -> Tensor {
    var values: [Float] = []
    values.reserveCapacity(rows * columns)
    for row in 0..<rows { for column in 0..<columns { values.append(Float(value(row, column))) } }
    return try Tensor(values, shape: [rows, columns]).to(device)
  }

  /// `[batch, length, width]` → the same.
  func added(to x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    switch self {
    case .learned(let table): try x.adding(Self.rows(of: pass[table], for: x.shape[1]))
    case .sinusoidal(let table): try x.adding(Self.rows(of: table, for: x.shape[1]))
    case .rotary: x
    }
  }

  /// `[batch, heads, length, head width]` → the same: number j of the first half and of the second turned
  /// together.
  func turned(_ x: Tensor) throws(TensorError) -> Tensor {
    guard case .rotary(let cosines, let sines) = self else { return x }
    let (cosine, sine) = (
      try Self.rows(of: cosines, for: x.shape[2]), try Self.rows(of: sines, for: x.shape[2])
    )
    let halves = try x.split(into: 2, along: -1)
    return try Tensor.concatenated(
      [
        halves[0].multiplied(by: cosine).subtracting(halves[1].multiplied(by: sine)),
        halves[1].multiplied(by: cosine).adding(halves[0].multiplied(by: sine)),
      ], along: -1)
  }

  private static func rows(of table: Tensor, for length: Int) throws(TensorError) -> Tensor {
    table.shape[0] == length ? table : try table.narrowed(0..<length, along: 0)
  }
}
