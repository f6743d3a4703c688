import CKernels

/// One implementation of the fused loops; all give bit for bit the same results, the widest instruction set
/// fastest.
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

  /// The Euclidean norm over all segments.
  func norm(of values: UnsafeMutableBufferPointer<Float>, _ layout: ParameterLayout) -> Double {
    layout.segments.reduce(0.0) { sum, segment in
      sum + table.pointee.sum_of_squares(values.baseAddress! + segment.offset, segment.count)
    }.squareRoot()
  }

  /// One step of a plan over all segments; `scale` multiplies the gradients.
  func run(_ plan: FusedPlan, _ buffers: HostBuffers, _ layout: ParameterLayout, scale: Float, step: Int) {
    let rate = plan.rate.value(at: step)
    for segment in layout.segments {
      let pass = SegmentPass(plan, buffers, segment, gradientScale: scale)
      if let trustRatio = plan.trustRatio, !segment.isExempt {
        let norms = direction(of: pass, moments: plan.moments, step: step)
        let ratio = trustRatio.ratio(
          parameterSquares: norms.parameter_squares, updateSquares: norms.update_squares)
        applyDirection(of: pass, rate: Float(rate * ratio))
      } else {
        self.step(pass, moments: plan.moments, step: step, rate: Float(rate))
      }
    }
  }

  /// Updates the memory and leaves the update where the gradients were.
  private func direction(of pass: SegmentPass, moments: FusedPlan.Moments, step: Int) -> optimizer_norms {
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
  private func step(_ pass: SegmentPass, moments: FusedPlan.Moments, step: Int, rate: Float) {
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
  private func applyDirection(of pass: SegmentPass, rate: Float) {
    table.pointee.apply_direction(pass.parameters, pass.gradients, pass.count, rate)
  }
}
