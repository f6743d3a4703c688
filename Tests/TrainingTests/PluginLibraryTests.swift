import Foundation
import MPI
import Testing
import TraineeTesting

@testable import Training

/// A plug-in that cannot be used is refused with what was expected, what was found and how to mend it.
@Suite(.serialized) struct PluginLibraryTests {
  /// A whole plug-in that does nothing, with `change` in the filling of its table.
  private static func source(_ change: String = "") -> String {
    """
    #include "tuner_trainee.h"
    static int32_t create(const struct tuner_setup *setup, void **trial, char *error, size_t size) {
      static int nothing;
      (void)setup, (void)error, (void)size;
      *trial = &nothing;
      return 0;
    }
    static int32_t train(
        void *t, int64_t from, int64_t to, const struct tuner_host *host, char *error, size_t size) {
      (void)t, (void)from, (void)to, (void)host, (void)error, (void)size;
      return 0;
    }
    static int32_t measure(void *t, double *metrics, char *error, size_t size) {
      (void)t, (void)error, (void)size;
      metrics[0] = metrics[1] = 1;
      return 0;
    }
    static int32_t set(void *t, const struct tuner_value *values, int64_t count, char *error, size_t size) {
      (void)t, (void)values, (void)count, (void)error, (void)size;
      return 0;
    }
    static void destroy(void *t) { (void)t; }
    TUNER_TRAINEE_EXPORT int32_t tuner_trainee(struct tuner_table *table) {
      static const struct tuner_parameter parameters[] = {{"rate", 1}, {"layers", 0}, {NULL, 0}};
      static const char *const metrics[] = {"loss", "accuracy", NULL};
      *table = (struct tuner_table){
          .version = TUNER_TRAINEE_VERSION, .mpi = TUNER_TRAINEE_MPI, .parameters = parameters,
          .metrics = metrics, .create = create, .train = train, .measure = measure, .set = set,
          .destroy = destroy};
      \(change)
      return 0;
    }
    """
  }

  private static func refusal(_ path: String) -> String {
    do throws(TrainingError) {
      _ = try PluginLibrary(path)
      return "nothing"
    } catch {
      return error.description.replacing(path, with: "LIBRARY").replacing("./LIBRARY", with: "LIBRARY")
    }
  }

  @Test func `a plug-in of no MPI says what it offers`() throws {
    let library = try PluginLibrary(CompiledPlugin.library("nothing", Self.source(), compiler: "cc"))
    #expect(library.parameters.map(\.name) == ["rate", "layers"])
    #expect(
      library.offer
        == "rate (live), layers; measures loss, accuracy; it keeps no state: every job trains from the "
        + "beginning"
    )
  }

  @Test(arguments: [
    (
      "table->version = 0;",
      "expected version 1 of tuner_trainee.h, found none. Write table->version = TUNER_TRAINEE_VERSION."
    ),
    (
      "table->version = 99;",
      "expected version 1 of tuner_trainee.h, found version 99. Compile it with the file of this tuner-mpi."
    ),
    (
      "table->train = NULL;",
      "expected train in its table, found none. Fill it in, as tuner_trainee.h describes it."
    ),
    (
      "table->set = NULL;",
      "expected set, for live parameters in its table, found none. Fill it in, as tuner_trainee.h describes "
        + "it."
    ),
    (
      "table->state = TUNER_STATE_SAME;",
      "expected describe_state in its table, found none. Fill it in, as tuner_trainee.h describes it."
    ),
    (
      "static const char *const none[] = {NULL}; table->metrics = none;",
      "expected metrics in its table, found none. Fill it in, as tuner_trainee.h describes it."
    ),
    (
      "static const char *const twice[] = {\"loss\", \"loss\", NULL}; table->metrics = twice;",
      "expected names that are different, found loss twice. Correct its table."
    ),
    (
      "return 3;",
      "expected tuner_trainee to return 0, found 3. It says that it cannot be used here: ask who wrote it."
    ),
  ])
  func `a table that is not right is refused`(change: String, expected: String) throws {
    let name = "table-\(change.utf8.reduce(UInt32(7)) { $0 &* 31 &+ UInt32($1) })"
    let path = try CompiledPlugin.library(name, Self.source(change), compiler: "cc")
    #expect(Self.refusal(path) == "LIBRARY: " + expected)
  }

  @Test func `a file that is no library is refused`() throws {
    #expect(
      Self.refusal("no-such.so")
        == "LIBRARY: expected a plug-in, found no such file or directory. Correct trainee.library, which "
        + "starts from the working directory, or compile it.")
    for path in [#filePath, FileManager.default.temporaryDirectory.path, "/dev/null"] {
      #expect(
        Self.refusal(path)
          == "LIBRARY: expected a shared library, found something else. Compile one, with mpicc -shared "
          + "-fPIC, and name it in trainee.library.")
    }
  }

  @Test func `a library without the function, or without another library, is refused`() throws {
    let other = try CompiledPlugin.library("other", "int of_another_kind(void) { return 1; }", compiler: "cc")
    #expect(
      Self.refusal(other)
        == "LIBRARY: expected the function tuner_trainee, found none of that name. Define it as "
        + "tuner_trainee.h declares it, with TUNER_TRAINEE_EXPORT; in C++ include that file where you do.")
    let lacking = try CompiledPlugin.library(
      "lacking", "int found_nowhere(void); int of_another_kind(void) { return found_nowhere(); }",
      compiler: "cc")
    #expect(
      Self.refusal(lacking)
        == "LIBRARY: expected a shared library that can be loaded, found LIBRARY: undefined symbol: "
        + "found_nowhere. ldd LIBRARY lists the libraries that it needs: load their modules, or name their "
        + "directory in LD_LIBRARY_PATH.")
  }

  @Test func `a plug-in of another MPI is refused, with both versions`() throws {
    let own = try MPIEnvironment.libraryVersion()
    let compiled = try CompiledPlugin.library(
      "compiled-for-another", Self.source("table->mpi = \"Another MPI\";"), compiler: "cc")
    let refusal = Self.refusal(compiled)
    #expect(refusal.contains(own) && refusal.contains("found one for Another MPI."), "\(refusal)")
    let mpi = try CompiledPlugin.library(
      "libanother-mpi",
      """
      int MPI_Get_library_version(char *text, int *length);
      int MPI_Get_library_version(char *text, int *length) {
        const char *words = "Another MPI 7.1";
        for (*length = 0; words[*length]; ++*length) text[*length] = words[*length];
        text[*length] = 0;
        return 0;
      }
      """, compiler: "cc")
    let linked = try CompiledPlugin.library(
      "linked-with-another", Self.source(), flags: ["-Wl,--no-as-needed", mpi], compiler: "cc")
    let first = own.split(whereSeparator: \.isNewline).first ?? ""
    #expect(
      Self.refusal(linked)
        == "LIBRARY: expected the MPI of tuner-mpi, \(first), found Another MPI 7.1. Compile both with the "
        + "same MPI: its mpicc, and pkg-config name in TUNER_MPI_PKG_CONFIG.")
  }

  @Test(arguments: [
    (["rate"], ["loss"], ["layers"], false, "nothing"),
    (
      ["speed"], ["loss"], [], false,
      "search.space: expected a hyperparameter of LIBRARY: rate, layers, found speed. Correct the name."
    ),
    (
      ["rate"], ["error"], [], false,
      "trainee.metrics: expected of what LIBRARY measures: loss, accuracy, found error. Correct the name."
    ),
    (
      ["rate", "layers"], ["loss"], [], false,
      "trainee.fixed: expected layers, which LIBRARY cannot change while a trial runs, found no names. "
        + "Write fixed: [layers]."
    ),
    (
      ["rate"], ["loss"], [], true,
      "trainee.state: expected false, because LIBRARY keeps no state, found true. Write state: false; then "
        + "every job trains from the beginning."
    ),
  ])
  func `a study that asks for what it does not have is refused`(
    searched: [String], metrics: [String], fixed: [String], keepsState: Bool, expected: String
  ) throws {
    let path = try CompiledPlugin.library("asked", Self.source(), compiler: "cc")
    let configuration = PluginConfiguration(
      path, metrics: metrics, searched: searched, fixed: fixed, keepsState: keepsState)
    var found = "nothing"
    do throws(TrainingError) { try PluginLibrary(path).check(configuration) } catch {
      found = error.description.replacing(path, with: "LIBRARY")
    }
    #expect(found == expected)
  }
}
