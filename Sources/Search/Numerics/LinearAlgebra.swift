import CLibtorch

/// LAPACK, which comes with libtorch and is loaded by the first model that is fitted.
enum LinearAlgebra {
  /// To be called where a model's first matrix is near and an error can be thrown: later, a library that is missing
  /// ends the process. Costs nothing once it is loaded.
  static func load() throws(SearchError) {
    guard let failure = libtorch_load()?.pointee else { return }
    throw SearchError(
      subject: "the sampler's linear algebra", expected: String(cString: failure.expected),
      found: String(cString: failure.found), remedy: String(cString: failure.remedy))
  }
}
