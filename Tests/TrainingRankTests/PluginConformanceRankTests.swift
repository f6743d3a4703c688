import MPI
import RankTesting
import Testing
import TraineeTesting
import Training

/// A plug-in is a trainee like any other: the example in C, and it in the other ways in which a plug-in can
/// train and keep its state.
@Suite(.serialized) struct PluginConformanceRankTests {
  /// How the example is changed by the macros of `source`.
  enum Variant: String, CaseIterable {
    case units, whole, ownStates

    var flag: String { "-DTEST_\(rawValue)" }
  }

  /// The example with other functions in its table: it trains the whole way at once, has a state for each
  /// rank, fails.
  private static let source = """
    #include <mpi.h>
    #include "tuner_trainee.h"
    #define tuner_trainee poisson
    #include "poisson.c"
    #undef tuner_trainee

    static int32_t train_unit(
        void *trial, int64_t from, int64_t to, const struct tuner_host *host, char *error, size_t size) {
      struct solver *solver = trial;
      int32_t result = train(trial, from, to, host, error, size);
    #ifdef TEST_failing
      if (to >= 3 && solver->rank == solver->ranks - 1) {
        snprintf(error, size, "lost alone on rank %d", solver->rank);
        return TUNER_FAILED;
      }
    #endif
      (void)solver;
      return result;
    }

    #ifdef TEST_whole
    static int32_t train_whole(
        void *trial, int64_t from, int64_t to, const struct tuner_host *host, char *error, size_t size) {
      for (int64_t at = from; at < to; at++) {
        int32_t result = train_unit(trial, at, at + 1, host, error, size);
        if (result) return result;
        int must_stop = host->must_stop(host->context, at + 1);
    #ifndef TEST_deaf
        if (must_stop) break;
    #endif
        (void)must_stop;
      }
      return TUNER_OK;
    }
    #endif

    #ifdef TEST_ownStates
    static int32_t describe_own(
        void *trial, struct tuner_array *arrays, int64_t capacity, int64_t *count, char *error, size_t size) {
      struct solver *solver = trial;
      describe_state(trial, arrays, capacity, count, error, size);
      if (capacity >= *count) arrays[0].shape[0] = solver->rows;
      return TUNER_OK;
    }

    static int32_t get_own(
        void *trial, const struct tuner_array *arrays, int64_t count, char *error, size_t size) {
      struct solver *solver = trial;
      (void)count, (void)error, (void)size;
      memcpy(arrays[0].data, solver->u + solver->size, (size_t)solver->rows * solver->size * sizeof(double));
      *(int64_t *)arrays[1].data = solver->sweeps_done;
      return TUNER_OK;
    }

    static int32_t put_own(
        void *trial, const struct tuner_array *arrays, int64_t count, char *error, size_t size) {
      struct solver *solver = trial;
      (void)count, (void)error, (void)size;
      memcpy(solver->u + solver->size, arrays[0].data, (size_t)solver->rows * solver->size * sizeof(double));
      solver->sweeps_done = *(const int64_t *)arrays[1].data;
      return TUNER_OK;
    }
    #endif

    TUNER_TRAINEE_EXPORT int32_t tuner_trainee(struct tuner_table *table) {
      poisson(table);
      table->train = train_unit;
    #ifdef TEST_whole
      table->train = train_whole;
      table->trains_whole = 1;
    #endif
    #ifdef TEST_stateless
      table->state = TUNER_STATE_NONE;
    #endif
    #ifdef TEST_ownStates
      table->state = TUNER_STATE_OWN;
      table->describe_state = describe_own;
      table->get_state = get_own;
      table->put_state = put_own;
    #endif
      return TUNER_OK;
    }
    """

  static func configuration(_ library: String) -> PluginConfiguration {
    PluginConfiguration(
      library, metrics: ["residual", "sweeps_done"],
      settings: ["damping": .number(0.6), "size": .number(12)],
      searched: ["sweeps"], fixed: ["size"])
  }

  /// - Parameter flaw: `failing`, `deaf` to must_stop, or `stateless`.
  static func library(_ variant: Variant, flaw: String? = nil) throws -> PluginLibrary {
    try PluginLibrary(
      CompiledPlugin.library(
        ([variant.rawValue, flaw].compactMap { $0 }).joined(separator: "-"), source,
        flags: [variant.flag] + (flaw.map { ["-DTEST_\($0)"] } ?? [])))
  }

  static let foreign = Snapshot(
    progress: Progress(step: 4, budget: 1),
    blocks: ["weights.of.another": .init(layout: [.init(name: "w", shape: [2], offset: 0)], values: [1, 2])])

  @Test(arguments: Variant.allCases, TraineeCheck.allCases) func `a plug-in is a trainee like any other`(
    variant: Variant, check: TraineeCheck
  ) throws {
    // What each rank has alone goes on with as many ranks.
    if variant == .ownStates, check == .otherRanks { return }
    let library = try Self.library(variant)
    let failing = try check == .failure ? Self.library(variant, flaw: "failing") : library
    try withRanks { group in
      try TraineeConformance(
        budgets: (3, 8), changes: ["damping": .number(0.9), "sweeps": .number(3)],
        fixed: ("size", .number(13)),
        foreign: (Self.foreign, "weights.of.another"), tolerance: 1e-12,
        makeFailing: { trial, values, group throws(TrainingError) in
          try PluginTrainee(
            Self.configuration("failing").setting(values), trial: trial, seed: 1, of: failing, on: group)
        },
        make: { trial, values, group throws(TrainingError) in
          let own = ["sweeps": HyperparameterValue.number(2)].merging(values) { $1 }
          return try PluginTrainee(
            Self.configuration("plug-in").setting(own), trial: trial, seed: 1, of: library, on: group)
        }
      ).run(check, on: group)
    }
  }
}
