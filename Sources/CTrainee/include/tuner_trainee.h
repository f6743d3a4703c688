// A trial of your code inside tuner-mpi: write the functions of `struct tuner_table`, compile them into a
// shared library, and name it in the experiment:
//
//   trainee: {kind: plugin, library: ./solver.so, metrics: [residual]}
//
// This file is all that a code needs: C99, or C++; nothing of tuner-mpi is linked. docs/plugin.md has the
// life of a trial call by call; configs/c-plugin is a whole example. Include mpi.h before this file, if the
// code uses MPI: then `TUNER_TRAINEE_MPI` says which one it is compiled for.
//
// Every function but `destroy` is called on all ranks of a group, in the same order and from one thread, and
// may use MPI there. What is given by pointer is valid during the call, unless it says otherwise. A function
// returns 0, or one of `enum tuner_result` after it has written why, in a sentence, to `error`
// (snprintf(error, size, ...)). What one rank returns all ranks hear of, once all of them have returned: a
// rank that fails alone must not leave the others in a collective call of yours.
#ifndef TUNER_TRAINEE_H
#define TUNER_TRAINEE_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The version of this file. Others are refused.
#define TUNER_TRAINEE_VERSION 1

/// Which MPI a code is compiled for, by what its mpi.h defines: libraries of one name can stand for each
/// other. Empty for none.
#if defined(OPEN_MPI)
#define TUNER_TRAINEE_MPI "Open MPI"
#elif defined(MPICH_VERSION) || defined(I_MPI_VERSION) || defined(MVAPICH2_VERSION)
#define TUNER_TRAINEE_MPI "MPICH"
#elif defined(MPI_ABI_VERSION)
#define TUNER_TRAINEE_MPI "the MPI ABI"
#elif defined(MPI_VERSION)
#define TUNER_TRAINEE_MPI "an MPI that is neither Open MPI nor MPICH"
#else
#define TUNER_TRAINEE_MPI ""
#endif

/// Makes a function visible where the compiler hides them (-fvisibility=hidden).
#if defined(__GNUC__)
#define TUNER_TRAINEE_EXPORT __attribute__((visibility("default")))
#else
#define TUNER_TRAINEE_EXPORT
#endif

/// What a function returns.
enum tuner_result {
  TUNER_OK = 0,
  /// The trial failed; so does any other number.
  TUNER_FAILED = 1,
  /// The trial failed because a number stopped being finite: `error` names it.
  TUNER_DIVERGED = 2,
  /// A value or a state is not one that this trial can have.
  TUNER_INVALID = 3,
  /// The host lacks something that every trial needs, such as a GPU: not this trial's fault.
  TUNER_PLACE = 4
};

/// What a value is.
enum tuner_kind { TUNER_NOTHING = 0, TUNER_NUMBER = 1, TUNER_TEXT = 2 };

/// A hyperparameter's value.
struct tuner_value {
  const char *name;
  /// Of `enum tuner_kind`.
  int32_t kind;
  double number;
  const char *text;
};

/// A hyperparameter that the code knows.
struct tuner_parameter {
  const char *name;
  /// Whether `set` can change it while a trial runs.
  int32_t is_live;
};

/// What the elements of an array are, little-endian; a boolean is a byte, 0 or 1.
enum tuner_element {
  TUNER_FLOAT16 = 1, TUNER_BFLOAT16, TUNER_FLOAT32, TUNER_FLOAT64,
  TUNER_INT8, TUNER_INT16, TUNER_INT32, TUNER_INT64, TUNER_UINT8, TUNER_BOOL
};

#define TUNER_MOST_DIMENSIONS 8

/// A named array of a trial's state.
struct tuner_array {
  /// Without a `/`; at least until the state has been taken.
  const char *name;
  /// Of `enum tuner_element`.
  int32_t element;
  /// 0 for a single value.
  int32_t dimensions;
  int64_t shape[TUNER_MOST_DIMENSIONS];
  /// tuner-mpi's memory, in the order of C, at an address divisible by 64; NULL where this rank has no part
  /// in it.
  void *data;
};

/// Whose state is saved.
enum tuner_state {
  /// There is none: every job trains from the beginning.
  TUNER_STATE_NONE = 0,
  /// One for all ranks: the group's first rank gives it, every rank gets all of it, on any number of ranks.
  TUNER_STATE_SAME = 1,
  /// Each rank gives and gets its own; a trial goes on with as many ranks as it had.
  TUNER_STATE_OWN = 2
};

/// What a trial is made with.
struct tuner_setup {
  /// Hyperparameters and settings: all that the experiment names.
  const struct tuner_value *values;
  int64_t value_count;
  /// The trial's own, below 2^31, the same on all ranks: for random numbers.
  int64_t seed;
  int64_t trial;
  /// The address of an MPI_Comm of the group's ranks, for this trial alone:
  ///
  ///   MPI_Comm comm = *(const MPI_Comm *)setup->communicator;
  ///
  /// The handle is valid until `destroy`, which does not free it. Its errors are returned. It is an address,
  /// because a handle is a pointer in one MPI and an integer in another.
  const void *communicator;
  int32_t rank;
  int32_t ranks;
  /// Cores of this rank.
  int32_t threads;
  /// What MPI_Get_library_version says in tuner-mpi.
  const char *mpi_library;
};

/// For a `train` that trains to its end at once.
struct tuner_host {
  void *context;
  /// To be called on all ranks after each unit, with the cumulative budget reached: when it returns other
  /// than 0, on all of them, `train` must return 0 with the trial as it is now.
  int32_t (*must_stop)(void *context, int64_t budget);
};

/// What a code is: filled in by `tuner_trainee`. What is left 0 or NULL is not there.
struct tuner_table {
  /// TUNER_TRAINEE_VERSION.
  int32_t version;
  /// TUNER_TRAINEE_MPI.
  const char *mpi;
  /// Ended by one without a name; for as long as the program runs, as the metrics.
  const struct tuner_parameter *parameters;
  /// Ended by NULL.
  const char *const *metrics;
  /// Of `enum tuner_state`.
  int32_t state;
  /// Whether the shapes of a state change while a trial trains: then `put_state` must look at them itself.
  /// Else only arrays as `describe_state` lists them are put.
  int32_t state_varies;
  /// Whether `train` is given the whole way, and asks `must_stop`; else it is called for one unit at a time.
  int32_t trains_whole;

  /// Makes a trial; stores what the other functions get as `trial`.
  int32_t (*create)(const struct tuner_setup *setup, void **trial, char *error, size_t size);

  /// Trains from the cumulative budget `from`, at which the trial is, to `to`.
  int32_t (*train)(
      void *trial, int64_t from, int64_t to, const struct tuner_host *host, char *error, size_t size);

  /// Stores the metrics, in the table's order; the first rank's count.
  int32_t (*measure)(void *trial, double *metrics, char *error, size_t size);

  /// Goes on under other values of live hyperparameters: those that change. All or none.
  int32_t (*set)(void *trial, const struct tuner_value *values, int64_t count, char *error, size_t size);

  /// Reads hyperparameters back from the running code: overwrites the number or text of each named value that
  /// it knows, and sets its kind, which is TUNER_NOTHING before. A text is valid until the next call.
  /// Optional: without it nobody knows whether what was set is in force.
  int32_t (*read_back)(void *trial, struct tuner_value *values, int64_t count, char *error, size_t size);

  /// Lists the arrays of the state: writes at most `capacity` of them, without data, and stores how many
  /// there are.
  int32_t (*describe_state)(
      void *trial, struct tuner_array *arrays, int64_t capacity, int64_t *count, char *error, size_t size);

  /// Copies the state to the data of the arrays, as just described; NULL on the ranks that need give nothing.
  int32_t (*get_state)(
      void *trial, const struct tuner_array *arrays, int64_t count, char *error, size_t size);

  /// Goes on from the state in the arrays, under the trial's own values.
  int32_t (*put_state)(
      void *trial, const struct tuner_array *arrays, int64_t count, char *error, size_t size);

  /// Makes a trial another one, whose state comes next: only live values, the number and the seed differ; the
  /// communicator is the same. Optional: without it the trial is destroyed and another one made.
  int32_t (*renew)(void *trial, const struct tuner_setup *setup, char *error, size_t size);

  /// Ends a trial, whatever has happened to it. The only function that must not wait for other ranks.
  void (*destroy)(void *trial);
};

/// The one function that a plug-in exports. MPI need not be in use yet; called more than once, it says the
/// same.
///
/// @return 0; anything else says that it cannot be used here.
TUNER_TRAINEE_EXPORT int32_t tuner_trainee(struct tuner_table *table);

#ifdef __cplusplus
}
#endif
#endif
