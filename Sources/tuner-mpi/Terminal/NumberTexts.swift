import Foundation
import Search

/// A score with four digits after the point, or with five in all where that says little or too much.
func scoreText(_ score: Double) -> String { MeasuredScore(score).text }

/// A number with at most this many significant digits and nothing that can be left out: `.018`, `64`, `1e-5`.
func shortText(_ number: Double, digits: Int = 3) -> String {
  var text = String(format: "%.\(digits)g", number)
  if let exponent = text.firstIndex(of: "e") {
    let power = Int(text[text.index(after: exponent)...]) ?? 0
    return "\(text[..<exponent])e\(power)"
  }
  if text.hasPrefix("0.") { text.removeFirst() }
  if text.hasPrefix("-0.") { text = "-" + text.dropFirst(2) }
  return text
}

/// Two values as short as they can be told apart by; of equal ones both are alike.
func shortTexts(_ first: ParameterValue?, _ second: ParameterValue?) -> (String, String) {
  guard case .number(let one) = first, case .number(let other) = second, one != other else {
    return (first.shortText, second.shortText)
  }
  for digits in 3..<17 {
    let texts = (shortText(one, digits: digits), shortText(other, digits: digits))
    if texts.0 != texts.1 { return texts }
  }
  return ("\(one)", "\(other)")
}

extension ParameterValue? {
  fileprivate var shortText: String {
    switch self {
    case .number(let number): tuner_mpi.shortText(number)
    case .text(let text): text
    case nil: "none"
    }
  }
}

/// The time of day here, such as `16:05:12`.
func timeOfDay(_ secondsSince1970: Double) -> String { localTime(secondsSince1970, "%H:%M:%S") }

/// By `strftime`'s format.
func localTime(_ secondsSince1970: Double, _ format: String) -> String {
  var seconds = time_t(max(-1e15, min(secondsSince1970, 1e15)))
  var parts = tm()
  localtime_r(&seconds, &parts)
  var buffer = [CChar](repeating: 0, count: 64)
  let count = strftime(&buffer, buffer.count, format, &parts)
  return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
}
