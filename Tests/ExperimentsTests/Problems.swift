import Experiments
import Foundation

/// All that is said of an experiment, without the file's name; empty when it is right.
func problems(_ text: String, settings: [String] = []) -> [String] {
  do {
    _ = try Experiment(yaml: text, file: "study.yaml", settings: settings)
    return []
  } catch {
    return error.problems.map { $0.description.replacing("study.yaml:", with: "") }
  }
}

/// A small experiment with these lines in its search space, and others besides.
func experiment(
  space: String, model: String = "{kind: mlp, hidden: [16, 16]}", training: String = "{batch_size: 48}",
  scheduler: String = "{kind: full, trials: 4, budget: 1}", search: String = "", more: String = ""
) -> String {
  let data = model.contains("transformer") ? "{kind: text, path: text.txt}" : "digits"
  return """
    study: small
    data: \(data)
    model: \(model)
    training: \(training)
    search:
      scheduler: \(scheduler)
      \(search)
      space:
    \(space.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
    \(more)
    """
}
