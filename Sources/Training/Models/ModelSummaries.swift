/// What the reference says of options that several models have.
enum ModelSummaries {
  static let activation = "The function between the layers."
  static let normalization = "What normalizes the layers; not every model has every kind."
  static let dropout = "The probability with which an activation is zeroed."
  static let width =
    "The channels of the first stage of a convolutional network, or the width of another one's blocks."
  static let blocks = "The blocks of the network."
}
