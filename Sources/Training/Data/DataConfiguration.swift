/// Where the samples come from. Paths are absolute, or relative to the working directory.
public enum DataConfiguration: Codable, Equatable, Sendable {
  /// The handwritten digits in the binary: 1,797 grey images of 8 x 8, ten classes.
  case digits
  /// A pair of IDX files, the format of MNIST, plain or packed by gzip (told by their first bytes).
  case idx(images: String, labels: String)
  /// Two datasets of one HDF5 file: samples `[n, features...]` of floats or bytes, labels `[n]` of integers.
  case hdf5(path: String, samples: String, labels: String)
  /// Plain text, a vocabulary of the distinct bytes that occur in it, read in windows of `contextLength`
  /// bytes.
  case text(path: String, contextLength: Int)

  /// The files that are read; none for what is in the binary.
  public var files: [String] {
    switch self {
    case .digits: []
    case .idx(let images, let labels): [images, labels]
    case .hdf5(let path, _, _), .text(let path, _): [path]
    }
  }

  var isText: Bool { if case .text = self { true } else { false } }
}

/// How the samples are divided, once from the study's seed and the same for all trials. Stratified by class;
/// text is cut in this order by position.
public struct SplitFractions: Codable, Equatable, Sendable {
  /// Above 0.
  public var train: Double = 0.8
  /// What the search sees. Above 0.
  public var dev: Double = 0.1
  /// What `tuner-mpi test` opens, once. At least 0; the three sum to 1.
  public var test: Double = 0.1

  public init(train: Double = 0.8, dev: Double = 0.1, test: Double = 0.1) {
    self.train = train
    self.dev = dev
    self.test = test
  }
}
