import CKernels
import Randomness
import RealModule

/// One coordinate of all kernels of a `ParzenEstimator`: k - 1 observed ones, and the prior as the last.
enum KernelColumn {
  case continuous(Kernels)
  /// Kernels of equal centre and bandwidth form a class: `[k]` numbers of classes, the classes, and the log
  /// of each one's mass in [0, 1].
  case ordered(CellCoordinate, borders: [Double], members: [UInt32], classes: Kernels, logMasses: [Double])
  /// `[k - 1]` observed choices of so many, and how much weight the unobserved ones have relative to 1.
  case choices(CellCoordinate, count: Int, observed: [UInt32], smoothing: Double)

  /// Gaussians.
  struct Kernels {
    var centers: [Double]
    var bandwidths: [Double]
    /// 1 / (√2 bandwidth).
    var scales: [Double]

    init(centers: [Double], bandwidths: [Double]) {
      self.centers = centers
      self.bandwidths = bandwidths
      scales = bandwidths.map { 0.5.squareRoot() / $0 }
    }

    var count: Int { centers.count }

    /// The logarithms of their masses between two places, `[count]`.
    func logMasses(from low: Double, to high: Double) -> [Double] {
      [Double](unsafeUninitializedCapacity: count) {
        parzen_log_masses(centers, scales, count, low, high, $0.baseAddress)
        $1 = count
      }
    }
  }

  /// - Parameters:
  ///   - centers: `[k - 1]`.
  ///   - rule: how wide the kernels of numbers are.
  init(_ coordinate: CellCoordinate, centers: [Double], rule: BandwidthRule) {
    if case .choices(let count) = coordinate {
      self = .choices(
        coordinate, count: count, observed: centers.map { UInt32(coordinate.cell(of: $0)) },
        smoothing: 1 / Double(centers.count + 1))
      return
    }
    let order = BandwidthRule.order(of: centers)
    // The prior is a Gaussian in the middle as wide as the interval.
    let kernels = Kernels(centers: centers + [0.5], bandwidths: rule.bandwidths(of: centers, order) + [1])
    if case .ordered(let borders) = coordinate {
      let (members, classes) = Self.classes(of: kernels, order + [UInt32(centers.count)])
      self = .ordered(
        coordinate, borders: borders, members: members, classes: classes,
        logMasses: classes.logMasses(from: 0, to: 1))
    } else {
      self = .continuous(kernels)
    }
  }

  /// Equal kernels are neighbours in the order of centers, or nearly all of them.
  private static func classes(of kernels: Kernels, _ order: [UInt32]) -> ([UInt32], Kernels) {
    var members = Array(repeating: UInt32(0), count: kernels.count)
    var (centers, bandwidths): ([Double], [Double]) = ([], [])
    for place in order {
      let (center, bandwidth) = (kernels.centers[Int(place)], kernels.bandwidths[Int(place)])
      if center != centers.last || bandwidth != bandwidths.last {
        centers.append(center)
        bandwidths.append(bandwidth)
      }
      members[Int(place)] = UInt32(centers.count - 1)
    }
    return (members, Kernels(centers: centers, bandwidths: bandwidths))
  }
}

extension KernelColumn {
  /// Adds to `terms`, `[k]`, what each kernel's log density has of it at all places.
  func addConstants(to terms: inout [Double]) {
    switch self {
    case .continuous(let kernels):
      parzen_add_normalizers(kernels.centers, kernels.scales, kernels.count, &terms)
    case .ordered: break
    case .choices(_, let count, _, _): terms[terms.count - 1] -= Double.log(Double(count))
    }
  }

  /// Adds the rest of each kernel's log density or log mass at each of `units`, `[m]`, to `terms`, `[m, k]`.
  func add(at units: [Double], to terms: UnsafeMutablePointer<Double>, _ k: Int) {
    switch self {
    case .continuous(let kernels):
      for (m, unit) in units.enumerated() {
        parzen_add_gaussians(kernels.centers, kernels.scales, k, unit, terms + m * k)
      }
    case .ordered(let coordinate, let borders, let members, let classes, let logMasses):
      let cells = units.map(coordinate.cell(of:))
      // Once for each cell, however many places lie in it.
      for cell in Set(cells) {
        var masses = classes.logMasses(from: borders[cell], to: borders[cell + 1])
        for i in masses.indices { masses[i] -= logMasses[i] }
        for m in cells.indices where cells[m] == cell { parzen_add_listed(members, masses, k, terms + m * k) }
      }
    case .choices(let coordinate, let count, let observed, let smoothing):
      let total = 1 + smoothing * Double(count)
      let (hit, miss) = (Double.log((1 + smoothing) / total), Double.log(smoothing / total))
      for (m, unit) in units.enumerated() {
        parzen_add_choices(observed, UInt32(coordinate.cell(of: unit)), k - 1, hit, miss, terms + m * k)
      }
    }
  }

  /// A coordinate drawn from one of the kernels; of a discrete one it may be any place of the drawn cell.
  func draw(from kernel: Int, using random: inout CounterGenerator) -> Double {
    switch self {
    case .continuous(let kernels):
      return TruncatedNormal.draw(kernels.centers[kernel], kernels.bandwidths[kernel], using: &random)
    case .ordered(_, _, let members, let classes, _):
      let drawn = Int(members[kernel])
      return TruncatedNormal.draw(classes.centers[drawn], classes.bandwidths[drawn], using: &random)
    case .choices(_, let count, let observed, let smoothing):
      // The smoothing's share goes to all choices evenly.
      let share = smoothing * Double(count) / (1 + smoothing * Double(count))
      let isObserved = random.nextUniform() >= share
      let any = random.nextUniform()
      return isObserved && kernel < observed.count ? (Double(observed[kernel]) + 0.5) / Double(count) : any
    }
  }
}
