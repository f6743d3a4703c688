// The LAPACK and BLAS that libtorch exports, under names of our own: a program that defined theirs would take over
// libtorch's calls among themselves.
#include "clapack.h"

#include <dlfcn.h>
#include <initializer_list>

extern "C" {

void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dtrsm_(
    const char *side, const char *uplo, const char *transa, const char *diag, const int *m, const int *n,
    const double *alpha, const double *a, const int *lda, double *b, const int *ldb);
void dgemm_(
    const char *transa, const char *transb, const int *m, const int *n, const int *k, const double *alpha,
    const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
    const int *ldc);
void dsyevd_(
    const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
    const int *lwork, int *iwork, const int *liwork, int *info);
// MKL's own; absent where libtorch has another LAPACK.
int MKL_Set_Num_Threads_Local(int count) __attribute__((weak));

void clapack_dpotrf(const char *uplo, const int *n, double *a, const int *lda, int *info) {
  dpotrf_(uplo, n, a, lda, info);
}

void clapack_dpotri(const char *uplo, const int *n, double *a, const int *lda, int *info) {
  dpotri_(uplo, n, a, lda, info);
}

void clapack_dtrsm(
    const char *side, const char *uplo, const char *transa, const char *diag, const int *m, const int *n,
    const double *alpha, const double *a, const int *lda, double *b, const int *ldb) {
  dtrsm_(side, uplo, transa, diag, m, n, alpha, a, lda, b, ldb);
}

void clapack_dgemm(
    const char *transa, const char *transb, const int *m, const int *n, const int *k, const double *alpha,
    const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
    const int *ldc) {
  dgemm_(transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void clapack_dsyevd(
    const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
    const int *lwork, int *iwork, const int *liwork, int *info) {
  dsyevd_(jobz, uplo, n, a, lda, w, work, lwork, iwork, liwork, info);
}

}  // extern "C"

namespace {

// How a LAPACK that is not MKL is told of threads. The names are looked up when the program runs, because which library
// libtorch has is known then alone.
struct Threads {
  // Of the calling thread; returns what was in force: OpenBLAS from 0.3.27 on, NVPL.
  int (*exchange)(int) = nullptr;
  // Of the process, or, of OpenMP, of the calling thread.
  int (*get)() = nullptr;
  void (*set)(int) = nullptr;

  Threads() {
    for (const char *name : {"openblas_set_num_threads_local", "nvpl_blas_set_num_threads_local"}) {
      if ((exchange = function<int (*)(int)>(name))) return;
    }
    // OpenMP is last: what is built with it asks it at every call, and so does what has no function of its own.
    static const char *const pairs[][2] = {
        {"openblas_get_num_threads", "openblas_set_num_threads"},
        {"openblas_get_num_threads64_", "openblas_set_num_threads64_"},
        {"bli_thread_get_num_threads", "bli_thread_set_num_threads"},
        {"omp_get_max_threads", "omp_set_num_threads"},
    };
    for (const auto &pair : pairs) {
      get = function<int (*)()>(pair[0]);
      set = function<void (*)(int)>(pair[1]);
      if (get && set) return;
    }
    get = nullptr;
  }

  template <typename Function> static Function function(const char *name) {
    return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
  }
};

}  // namespace

extern "C" int clapack_use_threads(int count) {
  if (MKL_Set_Num_Threads_Local) return MKL_Set_Num_Threads_Local(count);
  static const Threads threads;
  if (threads.exchange) return threads.exchange(count);
  if (!threads.get) return 0;
  const int previous = threads.get();
  // 0, the default, was never in force here, so that nobody asks for it.
  if (count > 0) threads.set(count);
  return previous;
}
