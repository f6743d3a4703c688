// The LAPACK and BLAS that libtorch exports, under names of our own: a program that defined theirs would take over
// libtorch's calls among themselves.
#include "clapack.h"

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

int clapack_use_threads(int count) {
  return MKL_Set_Num_Threads_Local ? MKL_Set_Num_Threads_Local(count) : 0;
}

}  // extern "C"
