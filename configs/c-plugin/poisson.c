// A Poisson problem on the unit square, -Δu = f with u = 0 on the border, by damped Jacobi sweeps. The rows
// of the grid are divided over the ranks of a trial's group. What is tuned is the damping, which may change
// while a trial runs, and the number of sweeps in a unit of the budget.
//
//   mpicc -O2 -shared -fPIC -I ../../Sources/CTrainee/include poisson.c -o poisson.so -lm
//
// Deterministic: the same numbers on any number of ranks, because only the residual's greatest value is
// reduced. The residual is that of the equation, |f + Δu| at its greatest; f is 1 at its greatest.
#include <mpi.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tuner_trainee.h"

struct solver {
  MPI_Comm comm;
  int rank, ranks;
  // Of the grid: `size` rows of `size` points, of which this rank has `rows`, from `first` on. `u` has a row
  // more at either end, of the neighbours'.
  int size, first, rows, sweeps;
  double damping;
  double *u, *next, *f;
  int64_t sweeps_done;
};

static int first_row(int size, int rank, int ranks) { return (int)((int64_t)size * rank / ranks); }

// The values, whichever of them the experiment names.
static int take(
    struct solver *solver, const struct tuner_value *values, int64_t count, char *error, size_t size) {
  struct solver wanted = *solver;
  for (int64_t i = 0; i < count; i++) {
    const struct tuner_value *value = &values[i];
    if (value->kind != TUNER_NUMBER) {
      snprintf(error, size, "%s: expected a number, found %s", value->name, value->text);
      return TUNER_INVALID;
    }
    if (!strcmp(value->name, "damping")) wanted.damping = value->number;
    if (!strcmp(value->name, "sweeps")) wanted.sweeps = (int)value->number;
    if (!strcmp(value->name, "size")) wanted.size = (int)value->number;
  }
  if (wanted.size < wanted.ranks || wanted.sweeps < 1) {
    snprintf(error, size, "expected a row for each of %d ranks and a sweep, found size %d and sweeps %d",
             wanted.ranks, wanted.size, wanted.sweeps);
    return TUNER_INVALID;
  }
  *solver = wanted;
  return TUNER_OK;
}

static void destroy(void *trial) {
  struct solver *solver = trial;
  free(solver->u);
  free(solver->next);
  free(solver->f);
  free(solver);
}

static int32_t create(const struct tuner_setup *setup, void **trial, char *error, size_t size) {
  struct solver *solver = calloc(1, sizeof *solver);
  if (!solver) return TUNER_FAILED;
  solver->comm = *(const MPI_Comm *)setup->communicator;
  solver->rank = setup->rank;
  solver->ranks = setup->ranks;
  solver->size = 32;
  solver->sweeps = 20;
  solver->damping = 0.8;
  int result = take(solver, setup->values, setup->value_count, error, size);
  if (result) {
    destroy(solver);
    return result;
  }
  solver->first = first_row(solver->size, solver->rank, solver->ranks);
  solver->rows = first_row(solver->size, solver->rank + 1, solver->ranks) - solver->first;
  size_t points = (size_t)(solver->rows + 2) * solver->size;
  solver->u = calloc(points, sizeof(double));
  solver->next = calloc(points, sizeof(double));
  solver->f = calloc(points, sizeof(double));
  if (!solver->u || !solver->next || !solver->f) {
    snprintf(error, size, "no memory for %zu points", points);
    destroy(solver);
    return TUNER_FAILED;
  }
  for (int row = 1; row <= solver->rows; row++)
    for (int column = 0; column < solver->size; column++) {
      double x = (column + 1.0) / (solver->size + 1), y = (solver->first + row) / (solver->size + 1.0);
      solver->f[row * solver->size + column] = exp(-20 * ((x - 0.3) * (x - 0.3) + (y - 0.6) * (y - 0.6)));
    }
  *trial = solver;
  return TUNER_OK;
}

// The neighbours' rows next to this rank's.
static void exchange(struct solver *solver) {
  int n = solver->size, rows = solver->rows;
  int above = solver->rank > 0 ? solver->rank - 1 : MPI_PROC_NULL;
  int below = solver->rank + 1 < solver->ranks ? solver->rank + 1 : MPI_PROC_NULL;
  MPI_Sendrecv(solver->u + n, n, MPI_DOUBLE, above, 0, solver->u + (rows + 1) * n, n, MPI_DOUBLE, below, 0,
               solver->comm, MPI_STATUS_IGNORE);
  MPI_Sendrecv(solver->u + rows * n, n, MPI_DOUBLE, below, 1, solver->u, n, MPI_DOUBLE, above, 1,
               solver->comm, MPI_STATUS_IGNORE);
}

// What is left of the equation at a point, times the square of the distance between points.
static double defect(const struct solver *solver, int row, int column) {
  int n = solver->size, at = row * n + column;
  double left = column > 0 ? solver->u[at - 1] : 0, right = column + 1 < n ? solver->u[at + 1] : 0;
  double h = 1.0 / (n + 1);
  return h * h * solver->f[at] + solver->u[at - n] + solver->u[at + n] + left + right - 4 * solver->u[at];
}

static int32_t train(
    void *trial, int64_t from, int64_t to, const struct tuner_host *host, char *error, size_t size) {
  struct solver *solver = trial;
  (void)from, (void)to, (void)host, (void)error, (void)size;
  for (int sweep = 0; sweep < solver->sweeps; sweep++) {
    exchange(solver);
    for (int row = 1; row <= solver->rows; row++)
      for (int column = 0; column < solver->size; column++) {
        int at = row * solver->size + column;
        solver->next[at] = solver->u[at] + solver->damping / 4 * defect(solver, row, column);
      }
    memcpy(solver->u + solver->size, solver->next + solver->size,
           (size_t)solver->rows * solver->size * sizeof(double));
    solver->sweeps_done++;
  }
  return TUNER_OK;
}

static int32_t measure(void *trial, double *metrics, char *error, size_t size) {
  struct solver *solver = trial;
  (void)error, (void)size;
  exchange(solver);
  double greatest = 0;
  for (int row = 1; row <= solver->rows; row++)
    for (int column = 0; column < solver->size; column++) {
      double left = fabs(defect(solver, row, column));
      // Not fmax, which would lose what is not a number.
      if (!(left <= greatest)) greatest = left;
    }
  MPI_Allreduce(MPI_IN_PLACE, &greatest, 1, MPI_DOUBLE, MPI_MAX, solver->comm);
  metrics[0] = greatest * (solver->size + 1) * (solver->size + 1);
  metrics[1] = (double)solver->sweeps_done;
  return TUNER_OK;
}

static int32_t set(void *trial, const struct tuner_value *values, int64_t count, char *error, size_t size) {
  return take(trial, values, count, error, size);
}

static int32_t read_back(void *trial, struct tuner_value *values, int64_t count, char *error, size_t size) {
  struct solver *solver = trial;
  (void)error, (void)size;
  for (int64_t i = 0; i < count; i++) {
    double number = !strcmp(values[i].name, "damping")  ? solver->damping
                    : !strcmp(values[i].name, "sweeps") ? solver->sweeps
                                                        : solver->size;
    values[i].kind = TUNER_NUMBER;
    values[i].number = number;
  }
  return TUNER_OK;
}

static int32_t describe_state(
    void *trial, struct tuner_array *arrays, int64_t capacity, int64_t *count, char *error, size_t size) {
  struct solver *solver = trial;
  (void)error, (void)size;
  *count = 2;
  if (capacity < 2) return TUNER_OK;
  arrays[0] = (struct tuner_array){"u", TUNER_FLOAT64, 2, {solver->size, solver->size}, NULL};
  arrays[1] = (struct tuner_array){"sweeps_done", TUNER_INT64, 0, {0}, NULL};
  return TUNER_OK;
}

// The grid's rows by rank, in points.
static void division(const struct solver *solver, int *counts, int *starts) {
  for (int rank = 0; rank < solver->ranks; rank++) {
    starts[rank] = first_row(solver->size, rank, solver->ranks) * solver->size;
    counts[rank] = first_row(solver->size, rank + 1, solver->ranks) * solver->size - starts[rank];
  }
}

static int32_t get_state(
    void *trial, const struct tuner_array *arrays, int64_t count, char *error, size_t size) {
  struct solver *solver = trial;
  (void)count, (void)error, (void)size;
  int counts[solver->ranks], starts[solver->ranks];
  division(solver, counts, starts);
  MPI_Gatherv(solver->u + solver->size, counts[solver->rank], MPI_DOUBLE, arrays[0].data, counts, starts,
              MPI_DOUBLE, 0, solver->comm);
  if (arrays[1].data) *(int64_t *)arrays[1].data = solver->sweeps_done;
  return TUNER_OK;
}

static int32_t put_state(
    void *trial, const struct tuner_array *arrays, int64_t count, char *error, size_t size) {
  struct solver *solver = trial;
  (void)count, (void)error, (void)size;
  const double *whole = arrays[0].data;
  memcpy(solver->u + solver->size, whole + (size_t)solver->first * solver->size,
         (size_t)solver->rows * solver->size * sizeof(double));
  solver->sweeps_done = *(const int64_t *)arrays[1].data;
  return TUNER_OK;
}

static int32_t renew(void *trial, const struct tuner_setup *setup, char *error, size_t size) {
  return take(trial, setup->values, setup->value_count, error, size);
}

TUNER_TRAINEE_EXPORT int32_t tuner_trainee(struct tuner_table *table) {
  static const struct tuner_parameter parameters[] = {
      {"damping", 1}, {"sweeps", 1}, {"size", 0}, {NULL, 0}};
  static const char *const metrics[] = {"residual", "sweeps_done", NULL};
  *table = (struct tuner_table){
      .version = TUNER_TRAINEE_VERSION,
      .mpi = TUNER_TRAINEE_MPI,
      .parameters = parameters,
      .metrics = metrics,
      .state = TUNER_STATE_SAME,
      .create = create,
      .train = train,
      .measure = measure,
      .set = set,
      .read_back = read_back,
      .describe_state = describe_state,
      .get_state = get_state,
      .put_state = put_state,
      .renew = renew,
      .destroy = destroy,
  };
  return TUNER_OK;
}
