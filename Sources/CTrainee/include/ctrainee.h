// What tuner-mpi itself asks of plug-ins beside the face that they write.

#pragma once
#include "tuner_trainee.h"

/// TUNER_TRAINEE_MPI of this program.
const char *ctrainee_mpi(void);

/// Room for a table of any version: a plug-in fills in the one that it was compiled with.
union ctrainee_table {
  struct tuner_table table;
  char room[4096];
};

/// Calls a plug-in's `tuner_trainee`, found by dlsym, for an empty table.
int32_t ctrainee_fill(void *function, struct tuner_table *table);

/// What a library's own `MPI_Get_library_version`, found by dlsym, says.
///
/// @param text of at least 8192 characters, which is longer than any MPI writes.
/// @return whether it says anything.
int32_t ctrainee_library_version(void *function, char *text);
