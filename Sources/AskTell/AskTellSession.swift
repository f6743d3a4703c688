import JSON
public import Search

/// A dialogue in JSON lines: every line is a request and has one line for an answer. A value: the same lines
/// have the same answers, and whoever holds it reads and writes them.
///
/// No line, whatever its bytes, does more harm than the answer `{"error":"..."}`; what was before it goes on.
public struct AskTellSession: Sendable {
  /// The longest line that is read, in bytes.
  public static let longestLine = 1 << 26
  /// The most trials that one line asks for.
  public static let mostTrials = 100_000

  private let strategy: AskTellStrategy
  /// What `init` without a space begins; nil where each must say its own.
  private var experiment: AskTellExperiment?
  private var study: AskTellStudy?
  /// True when the client has said that no line follows.
  public private(set) var isOver = false

  public init(_ strategy: AskTellStrategy = AskTellStrategy()) { self.strategy = strategy }

  /// A session that begins with the study of an experiment.
  public init(
    of experiment: AskTellExperiment, otherwise strategy: AskTellStrategy = AskTellStrategy()
  ) throws(SearchError) {
    self.strategy = strategy
    self.experiment = experiment
    study = try experiment.study()
  }

  /// Answers a line, both without their newline.
  public mutating func answer(_ line: [UInt8]) -> [UInt8] {
    var answer: [UInt8] = []
    do throws(LineError) {
      try respond(to: line, &answer)
    } catch {
      answer = Self.refusal(error.description)
    }
    return answer
  }

  /// The answer to a line that was too long to be kept.
  public func answerToEndlessLine() -> [UInt8] { Self.refusal(Self.tooLong.description) }

  private static let tooLong = LineError(
    "the line", expected: "at most \(longestLine) bytes", found: "more",
    remedy: "Tell the trials in several lines.")

  private static func refusal(_ text: String) -> [UInt8] {
    var answer: [UInt8] = []
    answer.append(#"{"error":"#)
    // A message may quote the line; it need not quote a megabyte of it.
    answer.append(quoting: text.utf8.count > 1000 ? String(text.prefix(1000)) + "..." : text)
    answer.append(UInt8(ascii: "}"))
    return answer
  }
}

extension AskTellSession {
  private enum Operation: String, CaseIterable {
    case `init`, ask, tell, state, quit
  }

  private enum OperationKey: String, CaseIterable {
    case op
  }

  private enum AskKey: String, CaseIterable {
    case op, n
  }

  private mutating func respond(to line: [UInt8], _ answer: inout [UInt8]) throws(LineError) {
    guard line.count <= Self.longestLine else { throw Self.tooLong }
    let document: JSONDocument
    do throws(JSONError) { document = try JSONDocument(line) } catch { throw LineError(error) }
    switch try operation(of: document) {
    case .`init`:
      study = try newStudy(JSONFields<InitRequest.Key>(document.root, of: document, ""))
      answer.append(#"{"ok":true}"#)
    case .ask:
      let fields = try JSONFields<AskKey>(document.root, of: document, "")
      let count = try fields.integer(
        .n, in: 1...Self.mostTrials, standIn: 1, remedy: "Write how many trials to answer.")
      try ask(count, &answer)
    case .tell:
      // The terms alone: a second owner of the study would make its next change a copy of it.
      guard let terms = study?.terms else { throw Self.noStudy }
      let trials = try TellRequest(document: document, terms: terms).read(document.root)
      try study?.tell(trials)
      answer.append(#"{"ok":true}"#)
    case .state:
      guard let space = study?.terms.space else { throw Self.noStudy }
      let request = try StateRequest(document, space)
      try study?.answer(request, to: &answer)
    case .quit:
      isOver = true
      answer.append(#"{"ok":true}"#)
    }
  }

  /// The study that an `init` describes, or that of the experiment where it names no space.
  private func newStudy(_ fields: JSONFields<InitRequest.Key>) throws(LineError) -> AskTellStudy {
    guard var experiment, fields.given(.space) == nil else {
      return try strategy.study(InitRequest(fields))
    }
    let other = InitRequest.Key.allCases.first { ![.op, .seed].contains($0) && fields.given($0) != nil }
    if let other {
      throw fields.error(
        other, expected: "nothing but a seed, because the experiment file says the rest",
        remedy: "Leave it out, or name a space of its own too.")
    }
    experiment.seed = try InitRequest.seed(fields) ?? experiment.seed
    do throws(SearchError) {
      return try experiment.study()
    } catch {
      throw LineError(error)
    }
  }

  private func operation(of document: JSONDocument) throws(LineError) -> Operation {
    let operations = Operation.allCases.map(\.rawValue).joined(separator: ", ")
    guard document.kind(of: document.root) == .object else {
      throw LineError(
        "the line", expected: "an object", found: document.excerpt(of: document.root),
        remedy: "Write {\"op\":\"ask\"}; op is one of \(operations).")
    }
    for (key, value) in document.members(of: document.root) where document.isText(key, Array("op".utf8)) {
      if let text = document.text(of: value), let operation = Operation(rawValue: text) { return operation }
      throw LineError(
        "op", expected: "one of \(operations)", found: document.excerpt(of: value),
        remedy: "Write one of them.")
    }
    throw LineError(
      "op", expected: "one of \(operations)", found: "nothing", remedy: "Write {\"op\":\"ask\"}.")
  }

  private static let noStudy = LineError(
    "op", expected: "an init first", found: "another request",
    remedy: "Write {\"op\":\"init\",\"space\":[...]}.")

  private mutating func ask(_ count: Int, _ answer: inout [UInt8]) throws(LineError) {
    guard let jobs = try study?.ask(count), let study else { throw Self.noStudy }
    answer.append(#"{"trials":["#)
    for (index, job) in jobs.enumerated() {
      if index > 0 { answer.append(UInt8(ascii: ",")) }
      answer.append(#"{"id":"#)
      answer.append(job.trial.rawValue)
      answer.append(#","params":"#)
      study.terms.space.write(job.configuration, to: &answer)
      if let fidelity = study.terms.fidelity {
        answer.append(#","fidelity":"#)
        fidelity.append(job.target, to: &answer)
      }
      if case .fork(let parent, let budget) = job.origin {
        answer.append(#","from":{"id":"#)
        answer.append(parent.rawValue)
        answer.append(#","fidelity":"#)
        (study.terms.fidelity ?? SpokenFidelity(from: 1, to: 1)).append(budget, to: &answer)
        answer.append(UInt8(ascii: "}"))
      }
      answer.append(UInt8(ascii: "}"))
    }
    answer.append(UInt8(ascii: "]"))
    if jobs.isEmpty, study.isFinished { answer.append(#","finished":true"#) }
    answer.append(UInt8(ascii: "}"))
  }
}
