#include <mpi.h>

#include "ctrainee.h"

#include <string.h>

_Static_assert(MPI_MAX_LIBRARY_VERSION_STRING <= 8192, "the room for a library's version");

const char *ctrainee_mpi(void) { return TUNER_TRAINEE_MPI; }

int32_t ctrainee_fill(void *function, struct tuner_table *table) {
  union ctrainee_table filled;
  memset(&filled, 0, sizeof filled);
  int32_t result = ((int32_t(*)(struct tuner_table *))function)(&filled.table);
  *table = filled.table;
  return result;
}

int32_t ctrainee_library_version(void *function, char *text) {
  int length = 0;
  memset(text, 0, 8192);
  return ((int (*)(char *, int *))function)(text, &length) == 0 && length > 0;
}
