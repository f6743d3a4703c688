import Experiments
import Foundation
import HDF5
import Tuner

/// Where the files of a run lie.
struct RunDirectory {
  let path: String

  var journal: String { path + "/journal.jsonl" }
  var study: String { path + "/study.yaml" }
  var population: String { path + "/population.h5" }
  var trials: String { path + "/trials.csv" }
  var incumbents: String { path + "/incumbents.csv" }
  var importance: String { path + "/importance.csv" }
  var report: String { path + "/report.html" }
  var test: String { path + "/test.json" }

  /// Makes the directory.
  func create() throws(TunerError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw TunerError(
        .system, subject: path, expected: "to make the run directory", found: "\(error.localizedDescription)",
        remedy: "Choose another one by --run-directory.")
    }
  }

  /// Replaces one of the views, which can be made again from the journal at any time.
  func write(_ text: String, to file: String) throws(TunerError) {
    do {
      try AtomicFile.replace(file, text: text)
    } catch {
      throw TunerError(
        .system, subject: file, expected: "to write it", found: "\(error)",
        remedy: "Check the permissions and the free space of the run directory.")
    }
  }
}
