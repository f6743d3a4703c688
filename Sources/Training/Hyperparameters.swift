/// The value of a hyperparameter: numbers and integers alike are numbers, choices are text.
public enum HyperparameterValue: Hashable, Sendable {
  case number(Double)
  case text(String)
}
