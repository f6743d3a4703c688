import Foundation
import Search
import Testing

@Suite struct InputWarpingTests {
  /// The bend that explains sin(12 w(u)) at 25 places best.
  static func fitted(_ bend: (Double) -> Double) -> InputWarping {
    let places = (0..<25).map { (Double($0) + 0.5) / 25 }
    var points = PointSet(categorical: [false, true])
    for place in places { points.append([place, 0.5]) }
    let targets = TargetTransform.standardized(places.map { sin(12 * bend($0)) })
    let hyperparameters = GaussianProcessHyperparameters(
      logLengthScales: [-1.5, 0], logVariance: 0, logNoise: -9)
    return InputWarping.fitted(to: points, targets, at: hyperparameters, dimension: 2)
  }

  @Test func `an axis is bent to where its function is smooth`() {
    #expect(Self.fitted { $0 * $0 }.exponents[0] == (2, 1))
    #expect(Self.fitted { $0.squareRoot() }.exponents[0] == (0.5, 1))
    #expect(Self.fitted { 1 - (1 - $0) * (1 - $0) }.exponents[0] == (1, 2))
    #expect(Self.fitted { $0 }.isIdentity)
    #expect(Self.fitted { $0 * $0 }.exponents[1] == (1, 1), "choices have no axis")
  }

  @Test func `a bend's slope is that of finite differences, and its ends stay`() {
    let warping = Self.fitted { 1 - (1 - $0) * (1 - $0) }
    for u in [0.1, 0.4, 0.9] {
      let difference = (warping.value(u + 1e-6, at: 0) - warping.value(u - 1e-6, at: 0)) / 2e-6
      #expect(isClose(warping.slope(u, at: 0), difference, relative: 1e-7))
    }
    #expect(warping.value(0, at: 0) == 0 && warping.value(1, at: 0) == 1)
    #expect(warping.slope(0, at: 0).isFinite && warping.slope(1, at: 0).isFinite)
  }

  @Test func `options of a journal that does not know of it are read`() throws {
    let old = Data(#"{"gp": {"initialTrials": 7, "candidates": 99, "starts": 3, "beta": 2}}"#.utf8)
    let read = try JSONDecoder().decode(SamplerConfiguration.self, from: old)
    #expect(read == .gp(GaussianProcessOptions(initialTrials: 7, candidates: 99, starts: 3, beta: 2)))
    let whole = SamplerConfiguration.gp(GaussianProcessOptions(neighbourhood: false, inputWarping: true))
    #expect(
      try JSONDecoder().decode(SamplerConfiguration.self, from: JSONEncoder().encode(whole)) == whole)
  }
}
