import Experiments
import Foundation
import Search
import Tuner

extension ExperimentArgument {
  /// What the built-in study is given beside its text: a population as large as the number of groups, where that is
  /// more than the text says; once begun, the study keeps the one that it has.
  ///
  /// - Parameters:
  ///   - experiment: as it is without.
  ///   - contents: the journal of the sessions before.
  /// - Returns: settings; none for a study from a file, and where the command line says how large it is.
  func builtInPopulation(
    of experiment: Experiment, ranks: Int, after contents: JournalContents?
  ) throws -> [String] {
    let key = "search.scheduler.population"
    let isSaid = settings.contains { setting in
      ["search=", "search.scheduler=", "\(key)="].contains { setting.hasPrefix($0) }
    }
    guard file == nil, !isSaid, case .pbt(let options) = experiment.scheduler else { return [] }
    if let contents, !contents.lines.isEmpty {
      // What another version wrote, the comparison of the studies tells.
      let recorded = try? JSONDecoder().decode(
        RecordedScheduler.self, from: JSONEncoder().encode(contents.study))
      guard case .pbt(let options)? = recorded?.scheduler else { return [] }
      return ["\(key)=\(options.population)"]
    }
    let groups = try RankLayout(worldSize: ranks, ranksPerTrial: experiment.resources.ranksPerTrial)
      .groupCount
    return groups > options.population ? ["\(key)=\(groups)"] : []
  }
}

private struct RecordedScheduler: Decodable { var scheduler: SchedulerConfiguration }
