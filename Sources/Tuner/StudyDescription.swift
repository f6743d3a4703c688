import Foundation
import Search

/// The part of a study that every program since the first writes the same way.
struct StudyDescription: Decodable {
  struct Training: Decodable { var budgetUnit: String }
  var name: String
  var objective: Objective
  var space: SearchSpace
  var training: Training
  var starting: StartingConfigurations?
  var fidelity: Fidelity?
  var replicates: Int?
  var crossValidation: Bool?

  init(_ contents: JournalContents) throws(TunerError) {
    do {
      self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(contents.study))
    } catch {
      throw JournalLine.damage(
        "\(contents.path):1", expected: "a study with name, objective, space and budget unit",
        found: systemWords(error))
    }
  }
}

extension StudyDescription {
  /// What the scheduler's budgets count, for people.
  var budgetName: String { fidelity?.unit ?? training.budgetUnit }
}
