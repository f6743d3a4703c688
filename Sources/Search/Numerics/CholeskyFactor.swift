import CKernels
import CLAPACK

/// The Cholesky factor of a growing symmetric positive definite matrix.
///
/// Notation: A = L Lᵀ, `[count, count]`, L lower triangular. L is stored by row with a stride, so that a row
/// begins at a multiple of 64 bytes and new rows cost no copy; LAPACK, which thinks by column, sees the upper
/// triangle of U = Lᵀ. Copies share storage until one is changed.
///
/// The answer to the same calls is bit for bit the same on the same machine: a factor grown row by row is not
/// that of one factorization, but it is the same whenever the same rows are appended.
package struct CholeskyFactor {
  package private(set) var count = 0
  private var stride: Int
  private var storage: AlignedStorage

  /// - Parameter capacity: how many rows fit without moving.
  package init(capacity: Int = 0) {
    stride = Self.stride(forCapacity: capacity)
    storage = AlignedStorage(capacity: stride * stride)
  }

  /// A multiple of 256, plus a cache line, so that a column does not fall on one set of the cache.
  private static func stride(forCapacity capacity: Int) -> Int { (capacity + 255) / 256 * 256 + 8 }

  /// Row `i` of L, its first i + 1 elements.
  package func row(_ i: Int) -> UnsafePointer<Double> { UnsafePointer(storage.start + i * stride) }

  /// Lᵢᵢ, above 0; ln det A = 2 ∑ ln Lᵢᵢ.
  package func diagonal(_ i: Int) -> Double { storage.start[i * stride + i] }

  /// Forgets the rows from `count` on: the factor of A's leading block is the leading block of L.
  package mutating func truncate(to count: Int) {
    precondition(count <= self.count, "truncating a factor cannot lengthen it")
    self.count = count
  }

  /// Extends A by `rows` rows and columns, and L with it; false, and nothing changed, if A would not be
  /// positive definite to rounding.
  ///
  /// `fill` writes the first (count + r + 1) elements of the r-th new row of A. With A = [[A₁, B], [Bᵀ, C]]
  /// the new rows are [Xᵀ, chol(C - Xᵀ X)], X = L₁⁻¹ B (Golub and Van Loan, "Matrix Computations", 4th ed.).
  /// O(rows · count²).
  package mutating func append(rows: Int, fill: (_ r: Int, UnsafeMutablePointer<Double>) -> Void) -> Bool {
    guard rows > 0 else { return true }
    makeUnique(capacity: count + rows)
    let old = count
    for r in 0..<rows { fill(r, storage.start + (old + r) * stride) }
    if old > 0 { eliminate(rows: rows) }
    var n = CInt(rows)
    var ld = CInt(stride)
    var info: CInt = 0
    Self.onOneThread { clapack_dpotrf("U", &n, storage.start + old * stride + old, &ld, &info) }
    precondition(info >= 0, "clapack_dpotrf refused argument \(-info)")
    guard info == 0 else { return false }
    count += rows
    return true
  }

  private func eliminate(rows: Int) {
    let border = storage.start + count * stride
    solve(transposed: false, border, columns: rows, stride: stride)
    var m = CInt(rows)
    var k = CInt(count)
    var ld = CInt(stride)
    var minus = -1.0
    var one = 1.0
    if rows == 1 {
      border[count] -= covariance_dot(border, border, count)
    } else {
      Self.onOneThread {
        clapack_dgemm("T", "N", &m, &m, &k, &minus, border, &ld, border, &ld, &one, border + count, &ld)
      }
    }
  }

  /// Solves L X = B, or Lᵀ X = B if `transposed`, in place. B has `columns` columns of `count` elements, each
  /// contiguous, `stride` from one to the next. O(columns · count²).
  package func solve(transposed: Bool, _ b: UnsafeMutablePointer<Double>, columns: Int, stride bStride: Int) {
    guard count > 0, columns > 0 else { return }
    var m = CInt(count)
    var n = CInt(columns)
    var ld = CInt(stride)
    var ldb = CInt(bStride)
    var one = 1.0
    Self.onOneThread {
      clapack_dtrsm("L", "U", transposed ? "N" : "T", "N", &m, &n, &one, storage.start, &ld, b, &ldb)
    }
  }

  /// Replaces the factor by A⁻¹, of which row i then holds the first i + 1 elements. Only for a factor that
  /// is not needed any more. O(count³).
  package mutating func invert() {
    makeUnique(capacity: count)
    var n = CInt(count)
    var ld = CInt(stride)
    var info: CInt = 0
    Self.onOneThread { clapack_dpotri("U", &n, storage.start, &ld, &info) }
    precondition(info == 0, "clapack_dpotri failed with \(info)")
  }

  /// A suggestion must not take the cores on which others train, nor its sums depend on how many there are.
  private static func onOneThread(_ call: () -> Void) {
    let previous = clapack_use_threads(1)
    defer { _ = clapack_use_threads(previous) }
    call()
  }

  /// Storage of our own for at least `capacity` rows, the rows so far in it.
  private mutating func makeUnique(capacity: Int) {
    let needed = max(stride, Self.stride(forCapacity: capacity))
    guard needed != stride || !isKnownUniquelyReferenced(&storage) else { return }
    let fresh = AlignedStorage(capacity: needed * needed)
    for i in 0..<count {
      (fresh.start + i * needed).update(from: storage.start + i * stride, count: i + 1)
    }
    storage = fresh
    stride = needed
  }
}
