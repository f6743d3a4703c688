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

  /// The Euclidean norm of one segment.
  func norm(of values: UnsafeMutablePointer<Float>, _ segment: ParameterLayout.Segment) -> Double {
    table.pointee.sum_of_squares(values + segment.offset, segment.count).squareRoot()
  }

  func direction(_ rule: RuleKernel, _ pass: borrowing optimizer_pass) -> optimizer_norms {
    withUnsafePointer(to: pass) { optimizer_direction(table, rule.rule, $0) }
  }

  func step(_ rule: RuleKernel, _ pass: borrowing optimizer_pass, rate: Float) {
    withUnsafePointer(to: pass) { optimizer_step(table, rule.rule, $0, rate) }
  }

  func applyDirection(
    _ parameters: UnsafeMutablePointer<Float>, _ update: UnsafeMutablePointer<Float>,
    _ segment: ParameterLayout.Segment, rate: Float
  ) {
    table.pointee.apply_direction(parameters + segment.offset, update + segment.offset, segment.count, rate)
  }
}
