// LAPACK and BLAS, as far as the Gaussian processes need them, in double precision: libtorch's own, by way of
// libtuner-torch.so, which the first call loads.
//
// Matrices are stored by column, `ld` elements from one column to the next; every argument is passed by
// address. An upper triangle stored by column is a lower triangle stored by row.
#ifndef CLAPACK_H
#define CLAPACK_H
#ifdef __cplusplus
extern "C" {
#endif

/// Cholesky: A = U'U (uplo "U") or LL' ("L"), in place. `info` is i > 0 if the leading minor of order i is
/// not positive.
void clapack_dpotrf(const char *uplo, const int *n, double *a, const int *lda, int *info);

/// The inverse of A from its Cholesky factor, in place, one triangle.
void clapack_dpotri(const char *uplo, const int *n, double *a, const int *lda, int *info);

/// B := alpha op(A)^-1 B (side "L") or alpha B op(A)^-1 ("R"), A triangular, B m by n.
void clapack_dtrsm(
    const char *side, const char *uplo, const char *transa, const char *diag, const int *m, const int *n,
    const double *alpha, const double *a, const int *lda, double *b, const int *ldb);

/// C := alpha op(A) op(B) + beta C, C m by n, k the inner dimension.
void clapack_dgemm(
    const char *transa, const char *transb, const int *m, const int *n, const int *k, const double *alpha,
    const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
    const int *ldc);

/// Eigenvalues (ascending) and, with jobz "V", eigenvectors of a symmetric matrix; the vectors replace A, by column.
void clapack_dsyevd(
    const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
    const int *lwork, int *iwork, const int *liwork, int *info);

/// How many threads LAPACK may use when the calling thread calls it; returns what was in force before, to be handed back
/// afterwards. Of MKL, OpenBLAS, NVPL, BLIS and whatever asks OpenMP; where it is none of them it does nothing, and
/// returns 0. OpenBLAS before 0.3.27 and BLIS have one number for the process.
int clapack_use_threads(int count);

#ifdef __cplusplus
}
#endif

#endif
