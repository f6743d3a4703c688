import Randomness
import RealModule

/// One coordinate of all kernels of a `ParzenEstimator`: k - 1 observed ones, and the prior as the last.
///
/// Notation: μ and σ centre and bandwidth of a kernel.
enum KernelColumn {
  /// `[k]` each: μ, 1/σ and the log of what normalizes exp(-z²/2) on [0, 1].
  case continuous(centers: [Double], inverses: [Double], normalizers: [Double])
  /// Kernels of equal μ and σ form a class: `[k]` numbers of classes, and the classes.
  case ordered(borders: [Double], members: [Int], classes: [Kernel])
  /// `[k - 1]` observed choices of so many, and how much weight the unobserved ones have relative to 1.
  case choices(CellCoordinate, count: Int, observed: [Int], smoothing: Double)

  struct Kernel: Hashable {
    var center: Double
    var bandwidth: Double

    /// A Gaussian in the middle as wide as the interval.
    static let prior = Kernel(center: 0.5, bandwidth: 1)
  }

  /// - Parameters:
  ///   - centers: `[k - 1]`.
  ///   - rule: how wide the kernels of numbers are.
  init(_ coordinate: CellCoordinate, centers: [Double], rule: BandwidthRule) {
    if case .choices(let count) = coordinate {
      let observed = centers.map(coordinate.cell(of:))
      self = .choices(coordinate, count: count, observed: observed, smoothing: 1 / Double(centers.count + 1))
      return
    }
    let bandwidths = rule.bandwidths(of: centers)
    let kernels = zip(centers, bandwidths).map { Kernel(center: $0, bandwidth: $1) } + [.prior]
    if case .ordered(let borders) = coordinate {
      var numbers: [Kernel: Int] = [:]
      var classes: [Kernel] = []
      let members = kernels.map { kernel in
        if let number = numbers[kernel] { return number }
        numbers[kernel] = classes.count
        classes.append(kernel)
        return classes.count - 1
      }
      self = .ordered(borders: borders, members: members, classes: classes)
    } else {
      self = .continuous(
        centers: kernels.map(\.center), inverses: kernels.map { 1 / $0.bandwidth },
        normalizers: kernels.map { kernel in
          -Double.log(kernel.bandwidth * TruncatedNormal.mass(0, 1, kernel.center, kernel.bandwidth))
            - NormalDistribution.logSquareRootOf2Pi
        })
    }
  }
}

extension KernelColumn {
  /// Adds each kernel's log density or log mass at `unit` to `terms`, `[k]`.
  func add(at unit: Double, to terms: UnsafeMutableBufferPointer<Double>) {
    switch self {
    case .continuous(let centers, let inverses, let normalizers):
      for i in terms.indices {
        let z = (unit - centers[i]) * inverses[i]
        terms[i] += normalizers[i] - 0.5 * z * z
      }
    case .ordered(let borders, let members, let classes):
      let cell = CellCoordinate.ordered(borders: borders).cell(of: unit)
      let masses = classes.map { kernel in
        let mass = TruncatedNormal.mass(borders[cell], borders[cell + 1], kernel.center, kernel.bandwidth)
        return Double.log(mass / TruncatedNormal.mass(0, 1, kernel.center, kernel.bandwidth))
      }
      for i in terms.indices { terms[i] += masses[members[i]] }
    case .choices(let coordinate, let count, let observed, let smoothing):
      let choice = coordinate.cell(of: unit)
      let total = 1 + smoothing * Double(count)
      let (hit, miss) = (Double.log((1 + smoothing) / total), Double.log(smoothing / total))
      for i in observed.indices { terms[i] += observed[i] == choice ? hit : miss }
      terms[terms.count - 1] -= Double.log(Double(count))
    }
  }

  /// A coordinate drawn from one of the kernels; of a discrete one it may be any place of the drawn cell.
  func draw(from kernel: Int, using random: inout CounterGenerator) -> Double {
    switch self {
    case .continuous(let centers, let inverses, _):
      return TruncatedNormal.draw(centers[kernel], 1 / inverses[kernel], using: &random)
    case .ordered(_, let members, let classes):
      let drawn = classes[members[kernel]]
      return TruncatedNormal.draw(drawn.center, drawn.bandwidth, using: &random)
    case .choices(_, let count, let observed, let smoothing):
      // The smoothing's share goes to all choices evenly.
      let share = smoothing * Double(count) / (1 + smoothing * Double(count))
      let isObserved = random.nextUniform() >= share
      let any = random.nextUniform()
      return isObserved && kernel < observed.count ? (Double(observed[kernel]) + 0.5) / Double(count) : any
    }
  }
}
