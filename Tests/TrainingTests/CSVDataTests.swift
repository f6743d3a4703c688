import Foundation
import Testing

@testable import Training

extension CSVData {
  init(path: String, target: [String] = ["y"], task: SampleTask? = nil) {
    self.init(reading: GivenKeys(texts: ["path": path], lists: ["target": target]))
    sampleTask = task
  }
}

/// Answers with what is given, else with the default.
private struct GivenKeys: KeyReader {
  var texts: [String: String] = [:]
  var lists: [String: [String]] = [:]

  func text(_ key: String, default value: String) -> String { texts[key] ?? value }
  func optionalText(_ key: String, absence: String) -> String? { texts[key] }
  func requiredText(_ key: String, remedy: String) -> String { texts[key] ?? "" }
  func requiredTexts(_ key: String, remedy: String) -> [String] { lists[key] ?? [] }
  func texts(_ key: String, absence: String) -> [String] { lists[key] ?? [] }
  func integer(_ key: String, in range: ClosedRange<Int>, default value: Int) -> Int { value }
  func integers(_ key: String, atLeast low: Int, atMost count: Int, default value: [Int]) -> [Int] { value }
  func value(
    _ key: String, of kind: Hyperparameter.Kind, default value: HyperparameterValue
  ) -> HyperparameterValue {
    value
  }
  func truth(_ key: String, default value: Bool) -> Bool { value }
  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, default value: Choice) -> Choice
  {
    value
  }
  func parts<Part>(_ key: String, expected: String, _ body: (any KeyReader) -> Part) -> [Part] { [] }
  func within<Part>(_ key: String, _ body: (Self) -> Part) -> Part? { nil }
}

@Suite struct CSVDataTests {
  private func load(_ text: String, _ change: (inout CSVData) -> Void = { _ in }) throws -> DataSet {
    let folder = try TemporaryFolder()
    var format = CSVData(path: try folder.write(text, to: "table.csv"))
    change(&format)
    return try format.load(beside: nil)
  }

  private func values(_ set: DataSet) -> [Float] {
    guard case .labelled(.memory(let values), _, _) = set.samples else { return [] }
    return values.withScalars { Array($0) }
  }

  @Test func `columns of numbers are features, columns of texts a feature a category`() throws {
    let set = try load("a,colour,y\n1,red,no\n2.5,blue,yes\n-3e1,red,no\n")
    #expect(set.form == .samples(shape: [3], targets: .classes(2), categories: [1..<3]))
    #expect(values(set) == [1, 0, 1, 2.5, 1, 0, -30, 0, 1])
    #expect(set.labels == [0, 1, 0])
    #expect(
      set.findings == [
        "3 samples of 3 features, 2 classes of 1 to 2 samples",
        "1 columns of numbers, 1 of categories: 3 features", "categories colour (blue, red)",
        "target y, of the classes no, yes",
      ])
  }

  @Test func `quotes, line ends and a byte order mark are those of the standard`() throws {
    let texts = [
      "\u{FEFF}\"a, \"\"b\"\"\",y\r\n\"1\",x\r\n2,\"z\nz\"\r\n", "\"a, \"\"b\"\"\",y\r1,x\r2,\"z\nz\"",
      "\"a, \"\"b\"\"\",y\n\n1,x\n2,\"z\nz\"\n\n",
    ]
    for text in texts {
      let set = try load(text)
      #expect(set.encoding?.features.map(\.name) == ["a, \"b\""])
      #expect(set.encoding?.classes == ["x", "z\nz"])
      #expect(values(set) == [1, 2])
    }
  }

  @Test func `another delimiter, no header, columns by number`() throws {
    let set = try load("0;1,5\n1;2\n") {
      ($0.delimiter, $0.hasHeader, $0.target) = (";", false, ["1"])
      $0.categories = ["2"]
    }
    #expect(set.labels == [0, 1])
    // Numbers come before texts.
    #expect(set.encoding?.features.map(\.column) == [.categories(["2", "1,5"])])
    #expect(values(set) == [0, 1, 1, 0])
    let tabs = try load("y\tå\n1\t0.5\n0\t1\n") { $0.delimiter = "tab" }
    #expect(tabs.encoding?.features.map(\.name) == ["å"])
  }

  @Test func `classes in numbers have their order`() throws {
    #expect(try load("a,y\n1,10\n2,9\n3,10\n").encoding?.classes == ["9", "10"])
  }

  @Test func `numbers are learned by regression, from one column or several`() throws {
    let set = try load("a,y,z\n1,0.5,3\n2,1.5,4\n") {
      ($0.target, $0.sampleTask) = (["y", "z"], .regression)
    }
    #expect(set.form == .samples(shape: [1], targets: .numbers(2)))
    #expect(set.findings.last == "target y, z, in numbers")
  }

  @Test func `missing values become the mean of the train split`() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<40).map {
      "\($0 == 5 ? "NA" : "\($0 % 4)"),\($0 == 7 ? "" : $0 % 2 == 0 ? "u" : "v"),\($0 % 2)"
    }
    var format = CSVData(path: try folder.write((["a,c,y"] + rows).joined(separator: "\n"), to: "t.csv"))
    format.missing = .mean
    let set = try format.load(beside: nil)
    #expect(set.findings.contains("2 missing values, which become the mean of the train split"))
    let columns = try #require(try set.columns(ofAtMost: 40)).flatMap { $0 }
    let areFinite = columns.allSatisfy { $0.isFinite }
    #expect(areFinite)
    let data = try TrainingData(DataConfiguration(format), split: SplitFractions(), seed: 1)
    var zeros = 0
    for part in DataPart.allCases where part != .secondDev {
      let buffer = try BatchBuffer(data, capacity: 40)
      try buffer.fill(0..<data.count(of: part), of: part)
      guard case .features(let features) = buffer.inputs else { continue }
      let areFinite = features.allSatisfy { $0.isFinite }
      #expect(areFinite)
      zeros += features[..<(3 * data.count(of: part))].count { $0 == 0 }
    }
    // One of the numbers, and both features of the category.
    #expect(zeros == 3)
  }

  @Test func `parts come from files of their own`() throws {
    let folder = try TemporaryFolder()
    func table(_ name: String, _ rows: Range<Int>) throws -> String {
      try folder.write(
        (["a,c,y"] + rows.map { "\($0),\($0 % 2 == 0 ? "u" : "v"),\($0 % 2 == 0 ? "no" : "yes")" })
          .joined(separator: "\n"), to: name)
    }
    var configuration = DataConfiguration(CSVData(path: try table("train.csv", 0..<36)))
    configuration.test = CSVData(path: try table("test.csv", 100..<107))
    let data = try TrainingData(configuration, split: SplitFractions(), seed: 1)
    #expect(DataPart.allCases.map(data.count) == [32, 4, 0, 7])
    configuration.dev = CSVData(path: try table("dev.csv", 200..<205))
    let both = try TrainingData(configuration, split: SplitFractions(), seed: 1)
    #expect(DataPart.allCases.map(both.count) == [36, 5, 0, 7])
    #expect(
      configuration.files.map { $0.split(separator: "/").last ?? "" } == ["train.csv", "dev.csv", "test.csv"])
    let copy = try JSONDecoder().decode(
      DataConfiguration.self, from: JSONEncoder().encode(configuration))
    #expect(copy == configuration)
    configuration.test = CSVData(path: try folder.write("a,c,y\n1,w,no\n", to: "other.csv"))
    #expect(
      trainingError { () throws(TrainingError) in _ = try DataSet.load(configuration) }.hasSuffix(
        "other.csv:2: column c: expected one of the categories of the training samples, found \"w\". "
          + "Mend it, or ignore the column."))
  }
}

@Suite struct CSVDamageTests {
  struct Damage: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var change: @Sendable (inout CSVData) -> Void = { _ in }
    /// PATH stands for the file's.
    var message: String
    var testDescription: String { name }
  }

  static let damages = [
    Damage(
      name: "an empty file", text: "",
      message: "PATH: expected lines of fields, found an empty file. Give a file with samples in it."),
    Damage(
      name: "no sample", text: "a,y\n",
      message: "PATH: expected at least one line of values, found only the line of names. "
        + "Give a file with samples in it, or write header: false."),
    Damage(
      name: "a column that is not there", text: "a,b\n1,2\n",
      message: "PATH: expected a column y, as data.target says, found the columns a, b. "
        + "Write one of their names, or a number from 1 to 2."),
    Damage(
      name: "too few fields", text: "a,b,y\n1,2,0\n1,0\n",
      message:
        "PATH: expected 3 fields on line 3, as on line 1, found 2. Mend the line, or name the delimiter."),
    Damage(
      name: "a text among numbers", text: "a,größe,y\n1,2,0\n1,zwei,1\n",
      message: "PATH:3: column größe: expected a number, as on other lines, found \"zwei\". "
        + "Mend it, or write categories: [\"größe\"]."),
    Damage(
      name: "a missing value", text: "a,y\n1,0\n,1\n",
      message: "PATH:3: column a: expected a value, found nothing. "
        + "Fill it in, ignore the column, or write missing: mean."),
    Damage(
      name: "not a number", text: "a,y\n1,0\nnan,1\n",
      message: "PATH:3: column a: expected a value, found nothing. "
        + "Fill it in, ignore the column, or write missing: mean."),
    Damage(
      name: "a missing target", text: "a,y\n1,0\n2,\n", change: { $0.missing = .mean },
      message: "PATH:3: column y: expected a target, found nothing. "
        + "Remove the line: what is not known cannot be learned."),
    Damage(
      name: "numbers as classes", text: "a,y\n1,0.5\n2,1\n",
      message: "PATH:2: column y: expected a class, found \"0.5\". Write task: regression, to learn numbers."),
    Damage(
      name: "a text to learn as a number", text: "a,y\n1,0.5\n2,high\n",
      change: { $0.sampleTask = .regression },
      message: "PATH:3: column y: expected a number, found \"high\". Mend it."),
    Damage(
      name: "an open quote", text: "a,y\n1,0\n\"2,1\n",
      message: "PATH: expected a closing quote for the one that opens on line 3, found the end of the file. "
        + "Close it, or double the quotes that are part of a text."),
    Damage(
      name: "text behind a quote", text: "a,y\n\"1\"2,0\n",
      message:
        "PATH: expected a delimiter or the end of the line after a closing quote, found more text on line 2. "
        + "Double the quotes that are part of a text."),
    Damage(
      name: "two columns of a name", text: "a,a,y\n1,2,0\n",
      message: "PATH: expected a name of its own for each column, found \"a\" twice on line 1. "
        + "Rename a column, or write header: false where the first line is no line of names."),
    Damage(
      name: "a target alone", text: "y\n1\n",
      message: "PATH: expected a column besides target and ignored ones, found none. "
        + "Name the delimiter, where the columns were not told apart, or ignore fewer."),
    Damage(
      name: "a delimiter of two characters", text: "a,y\n1,0\n", change: { $0.delimiter = "::" },
      message: "data.delimiter: expected one ASCII character, or tab, found \"::\". "
        + "Write, for example, delimiter: \";\"."),
  ]

  @Test(arguments: damages)
  func `a damaged table is refused with line and column`(damage: Damage) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(damage.text, to: "table.csv")
    var format = CSVData(path: path)
    damage.change(&format)
    let changed = format
    #expect(
      trainingError { () throws(TrainingError) in _ = try changed.load(beside: nil) }
        == damage.message.replacing("PATH", with: path))
  }

  @Test func `another encoding than UTF-8 is refused`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("a,y\n1,0\n2,".utf8) + [0xE4, 0x0A], to: "latin.csv")
    #expect(
      trainingError { () throws(TrainingError) in _ = try CSVData(path: path).load(beside: nil) }
        == "\(path): expected text in UTF-8, found other bytes on line 3. "
        + "Convert the file, as by iconv -f latin1 -t utf-8.")
  }
}
