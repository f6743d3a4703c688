/// The eigenvectors of a symmetric matrix, those of the largest eigenvalues first; each of length 1, its element that
/// is largest in size positive.
///
/// By cyclic rotations (Jacobi 1846; Golub and Van Loan, Matrix Computations, 4th edition, algorithms 8.5.1 and 8.5.3),
/// which need no library and give the same numbers on every rank. Cubic in the size, a few sweeps.
struct PrincipalAxes {
  private(set) var vectors: [[Double]]
  private(set) var values: [Double]

  private static let mostSweeps = 60

  /// - Parameter matrix: `[size, size]`.
  init(of matrix: [Double], size: Int) {
    var matrix = matrix
    var turned = [Double](repeating: 0, count: size * size)
    for place in 0..<size { turned[place * size + place] = 1 }
    let scale = matrix.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<Self.mostSweeps {
      var rest = 0.0
      for p in 0..<size {
        for q in 0..<size where q != p { rest += matrix[p * size + q] * matrix[p * size + q] }
      }
      if rest <= scale * 1e-26 { break }
      for p in 0..<size {
        for q in p + 1..<max(size, p + 1) { Self.rotate(&matrix, &turned, size, p, q) }
      }
    }
    let order = (0..<size).sorted { (matrix[$0 * size + $0], $1) > (matrix[$1 * size + $1], $0) }
    values = order.map { matrix[$0 * size + $0] }
    vectors = order.map { axis in
      let vector = Array(turned[axis * size..<(axis + 1) * size])
      let largest = vector.max { abs($0) < abs($1) } ?? 1
      return largest < 0 ? vector.map { -$0 } : vector
    }
  }

  /// Makes one element, and its mirror image, 0. `turned` has an axis a row.
  private static func rotate(
    _ matrix: inout [Double], _ turned: inout [Double], _ size: Int, _ p: Int, _ q: Int
  ) {
    let element = matrix[p * size + q]
    if element == 0 { return }
    let tau = (matrix[q * size + q] - matrix[p * size + p]) / (2 * element)
    let tangent = (tau >= 0 ? 1 : -1) / (abs(tau) + (1 + tau * tau).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let sine = tangent * cosine
    for k in 0..<size {
      let (a, b) = (matrix[p * size + k], matrix[q * size + k])
      (matrix[p * size + k], matrix[q * size + k]) = (cosine * a - sine * b, sine * a + cosine * b)
    }
    for k in 0..<size {
      let (a, b) = (matrix[k * size + p], matrix[k * size + q])
      (matrix[k * size + p], matrix[k * size + q]) = (cosine * a - sine * b, sine * a + cosine * b)
      let (v, w) = (turned[p * size + k], turned[q * size + k])
      (turned[p * size + k], turned[q * size + k]) = (cosine * v - sine * w, sine * v + cosine * w)
    }
  }
}
