import Foundation
import Randomness
import Testing

@testable import Search

@Suite struct ImportanceTests {
  struct GoldenTree: Decodable {
    struct Pair: Decodable { var first: Int, second: Int, variance: Double }
    var points: [[Double]], targets: [Double]
    var variance: Double, single: [Double], pairs: [Pair]
    var orders: [[Int]], errors: [Double]
  }

  static func tree(_ expected: GoldenTree) -> RegressionTree {
    RegressionTreeTests.tree(
      RegressionTreeTests.table([.number, .number, .number], expected.points), expected.targets,
      options: TreeOptions(minimumSplit: 16, minimumLeaf: 6, featureShare: 1, threshold: .midpoint))
  }

  @Test func `variances of a tree are those that counting its cells gives`() throws {
    let expected = try golden("importance.json", as: GoldenTree.self)
    let tree = Self.tree(expected)
    let analysis = FunctionalANOVA(
      tree, means: tree.moments(of: expected.targets).means, features: [.number, .number, .number])
    #expect(isClose(analysis.variance, expected.variance))
    for (own, wanted) in zip(analysis.single, expected.single) { #expect(isClose(own, wanted)) }
    for pair in expected.pairs {
      #expect(isClose(analysis.pair(pair.first, pair.second), pair.variance, relative: 1e-8))
    }
  }

  @Test func `errors after shuffling are scikit-learn's`() throws {
    let expected = try golden("importance.json", as: GoldenTree.self)
    let tree = Self.tree(expected)
    let means = tree.moments(of: expected.targets).means
    for j in 0..<3 {
      let rows = PermutationImportance.shuffled(expected.points, feature: j, by: expected.orders[j])
      let error = PermutationImportance.error(of: tree, means: means, rows, expected.targets)
      #expect(isClose(error, expected.errors[j]))
    }
  }

  /// Only whether the choice is one of the last half matters.
  @Test(arguments: [6, 64, 65, 200])
  func `any number of choices may explain the variance`(count: Int) throws {
    var random = CounterGenerator(seed: 7, purpose: .simulation)
    let rows = (0..<400).map { _ in
      [random.nextUniform(), Double(Int(random.nextUniform() * Double(count)))]
    }
    let targets = rows.map { $0[1] * 2 >= Double(count) ? 1.0 : -1 }
    let features: [TreeFeature] = [.number, .category(count: count)]
    let tree = RegressionTreeTests.tree(
      RegressionTreeTests.table(features, rows), targets,
      options: TreeOptions(minimumSplit: 6, minimumLeaf: 2, featureShare: 1, threshold: .midpoint))
    let analysis = FunctionalANOVA(tree, means: tree.moments(of: targets).means, features: features)
    // Half of the choices at 1 and half at -1.
    #expect(isClose(analysis.variance, 1, relative: 0.1))
    #expect(isClose(analysis.single[1], analysis.variance, relative: 1e-6))
    #expect(isClose(analysis.single[0], 0, absolute: 1e-9))
  }

  /// With two features there is nothing beyond the two and their pair, whatever their kinds.
  @Test func `the shares of two features and of their pair make up the whole`() {
    var random = CounterGenerator(seed: 2, purpose: .simulation)
    let rows = (0..<200).map { _ in [random.nextUniform(), Double(Int(random.nextUniform() * 5))] }
    let targets = rows.map { sin(4 * $0[0]) * ($0[1] == 2 ? 2 : $0[1] == 4 ? -1 : 0.5) }
    for features: [TreeFeature] in [[.number, .category(count: 5)], [.number, .number]] {
      let scaled = rows.map { features[1] == .number ? [$0[0], $0[1] / 5] : $0 }
      let forest = RandomForest(
        RegressionTreeTests.table(features, scaled), targets: targets, trees: 4, options: TreeOptions(),
        seed: 1)
      for tree in forest.trees {
        let analysis = FunctionalANOVA(tree, means: tree.moments(of: targets).means, features: features)
        let sum = analysis.single[0] + analysis.single[1] + analysis.pair(0, 1)
        #expect(isClose(sum, analysis.variance))
      }
    }
  }

  /// Ishigami and Homma (1990) with a = 7, b = 0.1: first-order shares 0.3139, 0.4424 and 0; the first and
  /// the third parameter together another 0.2437, all other pairs none.
  @Test func `shares approach those of a function that are known`() throws {
    let space = SampleSpaces.cube(3)
    var random = CounterGenerator(seed: 8, purpose: .simulation)
    var configurations: [Configuration] = []
    var costs: [Double] = []
    for _ in 0..<3_000 {
      let configuration = space.randomConfiguration(using: &random)
      let x = (0..<3).map { Double.pi * (2 * configuration.number("x\($0)") - 1) }
      configurations.append(configuration)
      costs.append(sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0]))
    }
    let points = try configurations.flatMap { (configuration) throws in try space.point(of: configuration) }
    var table = FeatureTable([.number, .number, .number])
    table.append(points)
    let forest = RandomForest(
      table, targets: costs, trees: 8,
      options: TreeOptions(minimumSplit: 6, minimumLeaf: 2, threshold: .midpoint), seed: 1)
    let analyses = forest.trees.map {
      FunctionalANOVA($0, means: $0.moments(of: costs).means, features: table.features)
    }
    func share(_ variance: (FunctionalANOVA) -> Double) -> Double {
      analyses.reduce(0) { $0 + variance($1) / $1.variance } / Double(analyses.count)
    }
    for (j, expected) in [0.3139, 0.4424, 0].enumerated() {
      #expect(abs(share { $0.single[j] } - expected) < 0.1, "\(j): \(share { $0.single[j] })")
    }
    #expect(abs(share { $0.pair(0, 2) } - 0.2437) < 0.07)
    #expect(share { $0.pair(0, 1) } < 0.04)
    let shuffled = PermutationImportance.increases(of: forest, repeats: 1, seed: 1)
    #expect(shuffled[2] < shuffled[0] && shuffled[2] < shuffled[1])
    #expect(try #require(forest.explainedVariance) > 0.8)
  }

  static func history(_ count: Int, cost: (Configuration) -> Double) throws -> History {
    var history = History(
      study: "sample", objective: Objective(metric: "loss", goal: .minimize), space: SampleSpaces.mixed,
      budgetUnit: "steps")
    var random = CounterGenerator(seed: 6, purpose: .simulation)
    for i in 0..<count {
      let configuration = SampleSpaces.mixed.randomConfiguration(using: &random)
      let job = Job(
        id: JobID(i), trial: TrialID(i), origin: .fresh, configuration: configuration, target: 10)
      try history.begin(job)
      let outcome = Outcome(job: job.id, trial: job.trial, result: .reached(cost: cost(configuration)))
      try history.finish(outcome, measurements: [], at: Double(i))
    }
    return history
  }

  @Test func `a study's importance names what its cost depends on`() throws {
    let history = try Self.history(150) { configuration in
      let isGelu = configuration["activation"] == .text("gelu")
      return (isGelu ? 0 : 1) + 2 * configuration.number("dropout")
    }
    let importance = try #require(Importance.of(history, trees: 8))
    #expect(importance.measurements == 150 && importance.budget == 10)
    #expect(importance.explained > 0.7)
    let order = importance.single.sorted { $0.share > $1.share }.map { $0.parameters[0] }
    #expect(Set(order.prefix(2)) == ["activation", "dropout"])
    let rest = importance.single.filter { !order.prefix(2).contains($0.parameters[0]) }
    #expect(rest.allSatisfy { $0.share < 0.08 }, "\(rest)")
    let shuffled = importance.shufflings.sorted { $0.increase > $1.increase }.map(\.parameter)
    #expect(Set(shuffled.prefix(2)) == ["activation", "dropout"])
    #expect(try JSONDecoder().decode(Importance.self, from: JSONEncoder().encode(importance)) == importance)
    #expect(Importance.of(history, trees: 8) == importance)
  }

  @Test func `nothing is said of few trials, or of equal costs`() throws {
    #expect(Importance.of(try Self.history(19) { $0.number("dropout") }) == nil)
    #expect(Importance.of(try Self.history(30) { _ in 1 }) == nil)
  }
}
