// libtuner-torch.so, which has the functions of CTorch and CLAPACK and lies beside the program: loaded, with libtorch,
// when something needs it. libtorch costs a process a quarter of a second of processor time, before all else where a
// program is linked with it.
#ifndef LIBTORCH_H
#define LIBTORCH_H

#pragma clang assume_nonnull begin

/// Why it could not be loaded.
typedef struct {
  const char *expected;
  const char *found;
  const char *remedy;
} libtorch_failure;

/// Loads it, once; NULL where that is done. The first call of a function that it has does the same, but can only end the
/// process where it fails: call this before, where an error can be told. From any thread.
const libtorch_failure *_Nullable libtorch_load(void);

#pragma clang assume_nonnull end

#endif
