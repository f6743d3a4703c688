import CKernels

/// One implementation of the fused loops; all give bit for bit the same results, the widest instruction set fastest.
public struct FusedLoops: Sendable, CustomStringConvertible {
  // Function pointers to constants: safe to share.
  nonisolated(unsafe) private let table: UnsafePointer<optimizer_loops>

  /// Those that this processor can run, the fastest first; at least one.
  public static let available: [FusedLoops] = (0..<optimizer_loops_count()).map {
    FusedLoops(table: optimizer_loops_at($0)!)
  }
  public static var fastest: FusedLoops { available[0] }

  /// The instruction set: `AVX-512`, `AVX2` or `baseline`.
  public var description: String { String(cString: table.pointee.instruction_set) }

  func sumOfSquares(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
    table.pointee.sum_of_squares(values, count)
  }

  /// Updates the memory and leaves the update where the gradients were.
  func direction(of pass: SegmentPass, moments: FusedPlan.Moments, step: Int) -> optimizer_norms {
    if case .adam(let adam) = moments {
      var coefficients = pass.coefficients(adam, step: step)
      return table.pointee.adam_direction(
        pass.parameters, pass.gradients, pass.first, pass.second, pass.count, &coefficients)
    }
    var coefficients = pass.coefficients(moments)
    return table.pointee.momentum_direction(
      pass.parameters, pass.gradients, pass.first, pass.count, &coefficients)
  }

  /// Updates the memory and the parameters, and leaves the gradients zero.
  func step(_ pass: SegmentPass, moments: FusedPlan.Moments, step: Int, rate: Float) {
    if case .adam(let adam) = moments {
      var coefficients = pass.coefficients(adam, step: step)
      table.pointee.adam_step(
        pass.parameters, pass.gradients, pass.first, pass.second, pass.count, &coefficients, rate)
    } else {
      var coefficients = pass.coefficients(moments)
      table.pointee.momentum_step(
        pass.parameters, pass.gradients, pass.first, pass.count, &coefficients, rate)
    }
  }

  /// Moves the parameters along the update that `direction` left, and leaves the gradients zero.
  func applyDirection(of pass: SegmentPass, rate: Float) {
    table.pointee.apply_direction(pass.parameters, pass.gradients, pass.count, rate)
  }
}

/// One parameter tensor's share of a fused step.
struct SegmentPass {
  var parameters: UnsafeMutablePointer<Float>
  var gradients: UnsafeMutablePointer<Float>
  var count: Int
  /// First moment or momentum; nil if nothing is remembered.
  var first: UnsafeMutablePointer<Float>?
  /// Second moment.
  var second: UnsafeMutablePointer<Float>?
  var gradientScale: Float
  var coupledDecay: Float
  var decay: Float

  func coefficients(_ adam: ScaleByAdam, step: Int) -> adam_coefficients {
    let (first, second) = adam.corrections(after: step)
    return adam_coefficients(
      gradient_scale: gradientScale, coupled_decay: coupledDecay, beta1: Float(adam.beta1),
      beta1_rest: Float(1 - adam.beta1), beta2: Float(adam.beta2), beta2_rest: Float(1 - adam.beta2),
      first_correction: Float(first), second_correction: Float(second), epsilon: Float(adam.epsilon), decay: decay)
  }

  func coefficients(_ moments: FusedPlan.Moments) -> momentum_coefficients {
    guard case .trace(let trace) = moments else {
      return momentum_coefficients(
        gradient_scale: gradientScale, coupled_decay: coupledDecay, momentum: 0, gradient_share: 1,
        buffer_share: 0, decay: decay)
    }
    return momentum_coefficients(
      gradient_scale: gradientScale, coupled_decay: coupledDecay, momentum: Float(trace.momentum),
      gradient_share: trace.isNesterov ? 1 : 0, buffer_share: trace.isNesterov ? Float(trace.momentum) : 1,
      decay: decay)
  }
}

extension FusedPlan {
  /// The name of the first block of memory that the moments keep.
  var firstBlock: String? {
    switch moments {
    case .none: nil
    case .trace: Trace.momentumBlock
    case .adam: ScaleByAdam.firstMoment
    }
  }

  var secondBlock: String? {
    if case .adam = moments { ScaleByAdam.secondMoment } else { nil }
  }
}
