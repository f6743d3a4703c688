#include "clapack.h"

// MKL's own, which libtorch exports; absent where another LAPACK is linked.
extern int MKL_Set_Num_Threads_Local(int count) __attribute__((weak));

int clapack_use_threads(int count) {
  return MKL_Set_Num_Threads_Local ? MKL_Set_Num_Threads_Local(count) : 0;
}
