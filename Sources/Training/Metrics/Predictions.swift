import Glibc

/// What a model says of the samples of a batch, and what is true, in the host's memory.
public enum Predictions: Sendable {
  case classes(ClassPredictions)
  case numbers(NumberPredictions)

  var rows: Int {
    switch self {
    case .classes(let classes): classes.rows
    case .numbers(let numbers): numbers.rows
    }
  }

  /// The group of each row; empty where samples are of no groups.
  var groups: [Int32] {
    get {
      switch self {
      case .classes(let classes): classes.groups
      case .numbers(let numbers): numbers.groups
      }
    }
    set {
      switch self {
      case .classes(var classes):
        classes.groups = newValue
        self = .classes(classes)
      case .numbers(var numbers):
        numbers.groups = newValue
        self = .numbers(numbers)
      }
    }
  }

  /// Some of the rows.
  func rows(_ places: some Collection<Int>) -> Self {
    switch self {
    case .classes(let classes): .classes(classes.rows(places))
    case .numbers(let numbers): .numbers(numbers.rows(places))
    }
  }
}

/// Of classes, a row a sample or a character.
public struct ClassPredictions: Sendable {
  /// The number of classes.
  let width: Int
  /// `[rows, width]`; a row sums to 1.
  let probabilities: [Double]
  /// What is true, `[rows]`, in 0..<`width`.
  let classes: [Int]
  /// The most probable class of each row, the first of equals.
  let predicted: [Int]
  /// The natural logarithm of the probability of what is true, `[rows]`.
  let logLikelihoods: [Double]
  /// Of each row; empty where samples are of no groups.
  var groups: [Int32] = []

  var rows: Int { classes.count }

  private init(
    width: Int, probabilities: [Double], classes: [Int], predicted: [Int], logLikelihoods: [Double]
  ) {
    (self.width, self.probabilities, self.classes) = (width, probabilities, classes)
    (self.predicted, self.logLikelihoods) = (predicted, logLikelihoods)
  }

  /// - Parameter logits: `[rows, width]`.
  init(logits: [Float], classes: [Int64], width: Int) {
    self.width = width
    self.classes = classes.map { Int($0) }
    var probabilities = [Double](repeating: 0, count: logits.count)
    var predicted = [Int](repeating: 0, count: classes.count)
    var logLikelihoods = [Double](repeating: 0, count: classes.count)
    for row in classes.indices {
      let start = row * width
      for place in 1..<max(1, width) where logits[start + place] > logits[start + predicted[row]] {
        predicted[row] = place
      }
      let largest = Double(logits[start + predicted[row]])
      var sum = 0.0
      for place in 0..<width {
        let term = exp(Double(logits[start + place]) - largest)
        probabilities[start + place] = term
        sum += term
      }
      for place in 0..<width { probabilities[start + place] /= sum }
      logLikelihoods[row] = Double(logits[start + Int(classes[row])]) - largest - log(sum)
    }
    (self.probabilities, self.predicted, self.logLikelihoods) = (probabilities, predicted, logLikelihoods)
  }

  /// Some of the rows.
  func rows(_ places: some Collection<Int>) -> Self {
    var some = Self(
      width: width, probabilities: places.flatMap { probabilities[$0 * width..<($0 + 1) * width] },
      classes: places.map { classes[$0] }, predicted: places.map { predicted[$0] },
      logLikelihoods: places.map { logLikelihoods[$0] })
    if !groups.isEmpty { some.groups = places.map { groups[$0] } }
    return some
  }

  func probability(_ row: Int, of class_: Int) -> Double { probabilities[row * width + class_] }
}
