/// What can go wrong in training.
public enum TrainingError: Error, Equatable, Codable, CustomStringConvertible {
  /// The loss or the gradient norm stopped being finite: a failed trial, not a failed program.
  case diverged(step: Int, what: String)
  /// The configuration asks for something that can't be: said with what was expected, found, and the remedy.
  case invalid(subject: String, expected: String, found: String, remedy: String)
  /// A data set is missing or damaged.
  case data(path: String, expected: String, found: String, remedy: String)
  /// Something needs more memory than there is: a failed trial, for a smaller one may fit.
  case memory(subject: String, expected: String, found: String, remedy: String)
  /// The place where it runs lacks something, such as a GPU: the fault of no configuration, so that another
  /// trial would fail of it too.
  case place(subject: String, expected: String, found: String, remedy: String)
  /// Another rank of the group did not come to where this one waited for it, or will not; who, in words.
  case peer(String)
  /// A library below failed; its own message.
  case library(String)

  /// What the words of a divergence begin with.
  public static let divergence = "diverged"

  public var description: String {
    switch self {
    case .diverged(let step, let what): "\(Self.divergence) at step \(step): \(what) is not finite"
    case .invalid(let subject, let expected, let found, let remedy),
      .data(let subject, let expected, let found, let remedy),
      .place(let subject, let expected, let found, let remedy):
      "\(subject): expected \(expected), found \(found). \(remedy)"
    case .memory(let subject, let expected, let found, let remedy):
      "out of memory: \(subject): expected \(expected), found \(found). \(remedy)"
    case .peer(let message), .library(let message): message
    }
  }
}
