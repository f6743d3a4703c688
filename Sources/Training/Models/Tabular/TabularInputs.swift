import Tensors

/// What a model of tables makes of a sample before its first map: the columns of numbers as they are, then each
/// column of categories as the embedding of its category (Guo and Berkhahn, arXiv:1604.06737).
///
/// Parameters, for column i of the categories, embedded in k numbers: `embeddings.i.weight` `[k, categories]`.
struct TabularInputs {
  /// Numbers of a sample.
  let features: Int
  /// The features of the columns of categories, ascending, that are embedded.
  private let categories: [Range<Int>]
  private let embeddingWidth: Int

  /// Nil for a text.
  ///
  /// - Parameter embeddingWidth: as `TabularConfiguration`'s.
  init?(of form: DataSet.Form, embeddingWidth: Int) {
    guard case .samples(let shape, _, let categories) = form else { return nil }
    features = .clampedProduct(shape)
    self.categories = embeddingWidth > 0 ? categories : []
    self.embeddingWidth = embeddingWidth
  }

  /// Numbers that reach the first map.
  var width: Int {
    features - categories.reduce(0) { $0 + $1.count } + categories.reduce(0) { $0 + width(of: $1) }
  }

  var declarations: [TensorDeclaration] {
    categories.enumerated().flatMap { number, range in
      Linear.declarations(
        Self.name(number), inputs: range.count, outputs: width(of: range), .logits(inputs: width(of: range)),
        hasBias: false)
    }
  }

  func embeddings(in store: ParameterStore) -> TabularEmbeddings {
    TabularEmbeddings(
      numbers: numbers,
      categories: categories.enumerated().map { ($1, Linear(Self.name($0), in: store, hasBias: false)) })
  }

  /// The features that are not embedded.
  private var numbers: [Range<Int>] {
    let starts = [0] + categories.map(\.upperBound)
    let ends = categories.map(\.lowerBound) + [features]
    return zip(starts, ends).filter(<).map { $0..<$1 }
  }

  private func width(of range: Range<Int>) -> Int { min(embeddingWidth, range.count) }

  private static func name(_ number: Int) -> String { "embeddings.\(number)" }
}

/// The layer that `TabularInputs` tells of.
///
/// A category stands in a sample as a feature that is high where it is, however features are scaled: so its
/// embedding is a column of a linear map without bias, and the scaling's shift goes into the bias of the first map.
struct TabularEmbeddings {
  fileprivate let numbers: [Range<Int>]
  fileprivate let categories: [(features: Range<Int>, map: Linear)]

  /// `[batch, features]` → `[batch, width]`.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    guard !categories.isEmpty else { return x }
    var parts: [Tensor] = []
    for range in numbers { parts.append(try x.narrowed(range, along: 1)) }
    for (range, map) in categories { parts.append(try map(x.narrowed(range, along: 1), pass)) }
    return try Tensor.concatenated(parts, along: 1)
  }
}
