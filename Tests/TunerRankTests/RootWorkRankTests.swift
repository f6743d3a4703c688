import Foundation
import MPI
import RankTesting
import Testing
import Tuner

@Suite(.serialized) struct RootWorkRankTests {
  @Test func `an answer that takes longer than anybody's patience comes`() throws {
    try withRanks(patience: 0.5) { ranks in
      let answer = try RootWork.answer(toAllOf: ranks) {
        Thread.sleep(forTimeInterval: 2)
        return Array("ready".utf8)
      }
      #expect(answer == Array("ready".utf8))
      #expect(try RootWork.answer(toAllOf: ranks) { [] } == [])
    }
  }

  @Test func `a rank 0 that gives no word is not waited for`() throws {
    try withRanks(patience: 0.3) { ranks in
      if ranks.isRoot { return }
      #expect(throws: MPIError.self) { try RootWork.answer(toAllOf: ranks) { [] } }
    }
  }
}
