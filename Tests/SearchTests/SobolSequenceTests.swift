import Search
import Testing

@Suite struct SobolSequenceTests {
  struct Golden: Decodable {
    var dimension: Int
    var indices: [Int]
    var points: [[UInt32]]
  }

  @Test func `points are those of scipy`() throws {
    for golden in try golden("sobol.json", as: [Golden].self) {
      let sequence = SobolSequence(dimension: golden.dimension)
      for (index, point) in zip(golden.indices, golden.points) {
        #expect(sequence.fractions(at: index) == point, "point \(index) of \(golden.dimension) dimensions")
      }
    }
  }

  @Test(arguments: [0, 1, 2, 12345] as [UInt64])
  func `scrambling keeps one point in every elementary interval`(seed: UInt64) {
    // A Sobol sequence is a (0, 1)-sequence in every coordinate, and a (0, 2)-sequence in the first two: of
    // 64 points every 64th of a line, and every 8 x 8 cell, 4 x 16 cell ... of the square holds exactly one.
    let dimension = 6
    let sequence = SobolSequence(dimension: dimension)
    let points = (0..<64).map { sequence.scrambledPoint(at: $0, seed: seed) }
    for j in 0..<dimension {
      #expect(Set(points.map { Int($0[j] * 64) }).count == 64, "coordinate \(j)")
    }
    for split in 0...6 {
      let (rows, columns) = (Double(1 << split), Double(64 >> split))
      let cells = Set(points.map { Int($0[0] * rows) * 64 + Int($0[1] * columns) })
      #expect(cells.count == 64, "\(rows) by \(columns)")
    }
  }

  @Test func `another seed scrambles otherwise and the same seed equally`() {
    let sequence = SobolSequence(dimension: 3)
    #expect(sequence.scrambledPoint(at: 5, seed: 1) == sequence.scrambledPoint(at: 5, seed: 1))
    #expect(sequence.scrambledPoint(at: 5, seed: 1) != sequence.scrambledPoint(at: 5, seed: 2))
    #expect(sequence.scrambledPoint(at: 0, seed: 1).allSatisfy { $0 > 0 && $0 < 1 })
  }
}
