import Foundation
import Training

/// The problem of Golden/optimizers.py: several tensors in one flat buffer, gradients g = a·(w − c) + n(t).
struct OptimizerProblem {
  /// In the order of the script; `zero.weight` starts at zero norm, the tensors of one dimension are exempt.
  static let shapes: [(name: String, shape: [Int])] = [
    ("first.weight", [5, 7]), ("first.bias", [5]), ("norm.gain", [17]), ("second.weight", [9, 16]),
    ("zero.weight", [2, 3]),
  ]

  let layout: ParameterLayout
  var parameters: [Float]

  /// - Parameter alignment: each tensor starts at a multiple of this many elements; 1 leaves no padding, so
  ///   that no tensor but the first is aligned.
  init(alignment: Int = 16) throws {
    var segments: [ParameterLayout.Segment] = []
    var end = 0
    for (name, shape) in Self.shapes {
      let offset = (end + alignment - 1) / alignment * alignment
      let count = shape.reduce(1, *)
      segments.append(.init(name: name, offset: offset, shape: shape, isExempt: shape.count == 1))
      end = offset + count
    }
    layout = try ParameterLayout(segments: segments, elements: end + 3)
    parameters = [Float](repeating: 0, count: layout.elements)
    for (number, segment) in layout.segments.enumerated() where segment.name != "zero.weight" {
      for i in 0..<segment.count {
        parameters[segment.offset + i] = Self.pattern(i, offset: 100 * number, multiplier: 37, modulus: 101)
      }
    }
  }

  static func pattern(_ index: Int, offset: Int, multiplier: Int, modulus: Int) -> Float {
    Float(((index + offset) * multiplier) % modulus - modulus / 2) / 64
  }

  func gradients(at step: Int) -> [Float] {
    var gradients = [Float](repeating: 0, count: layout.elements)
    for (number, segment) in layout.segments.enumerated() {
      for i in 0..<segment.count {
        let a = abs(Self.pattern(i, offset: 7 * number, multiplier: 13, modulus: 29)) + 0.25
        let c = Self.pattern(i, offset: 31 * number, multiplier: 53, modulus: 67)
        let n = Self.pattern(i, offset: 11 * step + number, multiplier: 71, modulus: 97)
        gradients[segment.offset + i] = a * (parameters[segment.offset + i] - c) + n
      }
    }
    return gradients
  }

  func values(of segment: ParameterLayout.Segment) -> ArraySlice<Float> {
    parameters[segment.offset..<segment.offset + segment.count]
  }
}

extension Optimizer {
  /// A step on arrays; returns what it left in the gradients.
  @discardableResult
  mutating func update(
    _ parameters: inout [Float], _ gradients: [Float], gradientScale: Double = 1
  ) throws(TrainingError) -> [Float] {
    var parametersCopy = parameters
    var gradientsCopy = gradients
    var failure: TrainingError?
    parametersCopy.withUnsafeMutableBufferPointer { parameters in
      gradientsCopy.withUnsafeMutableBufferPointer { gradients in
        do throws(TrainingError) {
          try update(parameters: parameters, gradients: gradients, gradientScale: gradientScale)
        } catch { failure = error }
      }
    }
    parameters = parametersCopy
    if let failure { throw failure }
    return gradientsCopy
  }
}

/// The distance between two arrays relative to the second, both by the Euclidean norm.
func relativeDistance(_ found: some Sequence<Float>, _ expected: some Sequence<Float>) -> Double {
  var distance = 0.0
  var norm = 0.0
  for (a, b) in zip(found, expected) {
    distance += (Double(a) - Double(b)) * (Double(a) - Double(b))
    norm += Double(b) * Double(b)
  }
  return norm > 0 ? (distance / norm).squareRoot() : distance.squareRoot()
}

/// The file `name` of the folder Golden beside the tests.
func goldenFile(_ name: String) throws -> Data {
  try Data(
    contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Golden/\(name)"))
}
