// The Fortran symbols of LAPACK and BLAS that the Gaussian processes need. libtorch exports them.
#ifndef CLAPACK_H
#define CLAPACK_H

void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);

#endif
