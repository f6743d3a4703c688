import Search

/// Compares the hyperparameters that were planned with those read back from the running trainer.
///
/// A clone that restores its parent's optimizer memory must not restore its parent's hyperparameters with it.
/// What the trainer keeps as 32-bit floats agrees to their rounding, 2⁻²⁴ relative; 1e-6 leaves room for a
/// product or two.
enum HyperparameterCheck {
  /// The first hyperparameter, by name, that is in force with another value than planned; `found` is nil when
  /// the trainer does not know it at all.
  static func mismatch(planned: Configuration, effective: Configuration) -> (
    name: String, found: ParameterValue?
  )? {
    for (name, value) in planned.values.sorted(by: { $0.key < $1.key }) {
      guard let found = effective[name] else { return (name, nil) }
      if !agree(value, found) { return (name, found) }
    }
    return nil
  }

  private static func agree(_ planned: ParameterValue, _ effective: ParameterValue) -> Bool {
    switch (planned, effective) {
    case (.number(let planned), .number(let effective)):
      abs(planned - effective) <= 1e-6 * max(abs(planned), abs(effective))
    case (.text(let planned), .text(let effective)): planned == effective
    default: false
    }
  }
}

extension ParameterValue {
  /// As a user would write it.
  var text: String {
    switch self {
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    case .text(let text): text
    }
  }
}
