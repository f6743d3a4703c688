// Covariances of Gaussian processes between one point and many: Matern 5/2, and a quadratic trend.
//
// Notation   n points of d coordinates, stored by coordinate: points[j * stride + i] is coordinate j of
//            point i; q one point, d coordinates; w[j] = 1/l[j]^2, l the length scales; categorical[j] is 1
//            where values are equal or not, and no more or less alike.
//            r2[i] = sum_j w[j] * (points[j][i] - q[j])^2, where a categorical difference counts as 1.
//            k(r) = variance (1 + sqrt(5) r + 5/3 r^2) exp(-sqrt(5) r)
//            dk/d(r^2) = -5/6 variance (1 + sqrt(5) r) exp(-sqrt(5) r), finite at r = 0
//            Rasmussen and Williams, "Gaussian Processes for Machine Learning" (2006), equation 4.17.
//            The trend: form[i] = 1 + sum_j s[j] (points[j][i] - c[j]) (q[j] - c[j]), covariance variance form^2;
//            the same book's table 4.1, polynomial of degree 2.
// Exactness  Elementwise loops without contraction into fused multiply-adds, and sums in eight lanes added
//            in a fixed order: bit for bit the same results whichever instruction set runs them.
#ifndef COVARIANCE_H
#define COVARIANCE_H
#include <stddef.h>
#include <stdint.h>

/// Writes k(r[i]) to `covariance` and dk/d(r^2) to `slope`, n each; they overlap nothing.
void covariance_matern52(
    const double *points, size_t stride, size_t n, size_t d, const uint8_t *categorical, const double *w,
    double variance, const double *q, double *covariance, double *slope);

/// Adds the trend's covariance, variance form[i]^2, to covariance[i].
void covariance_add_quadratic(
    const double *points, size_t stride, size_t n, size_t d, const double *s, const double *c, double variance,
    const double *q, double *covariance);

/// Adds the derivative of sum_i b[i] variance form[i]^2 by q[j] to gradient[j].
void covariance_add_quadratic_gradient(
    const double *points, size_t stride, size_t n, size_t d, const double *s, const double *c, double variance,
    const double *b, const double *q, double *gradient);

/// Adds sum_i a[i] * (points[j][i] - q[j])^2 to sums[j]: what the derivative by each length scale needs.
void covariance_add_weighted_squares(
    const double *points, size_t stride, size_t n, size_t d, const uint8_t *categorical, const double *a,
    const double *q, double *sums);

/// Adds sum_i a[i] * 2 w[j] (q[j] - points[j][i]) to gradient[j] where j is not categorical: with
/// a[i] = b[i] dk/d(r^2), the derivative of sum_i b[i] k(q, points[i]) by q[j].
void covariance_add_input_gradient(
    const double *points, size_t stride, size_t n, size_t d, const uint8_t *categorical, const double *w,
    const double *a, const double *q, double *gradient);

/// out[i] = (inverse[i] - own * alpha[i]) * slope[i]: one row of what the likelihood's derivative weighs by.
void covariance_likelihood_weights(
    const double *inverse, const double *alpha, double own, const double *slope, size_t n, double *out);

/// out[i] = a * x[i] + b * y[i]; `out` may be `y`.
void covariance_combine(const double *x, double a, const double *y, double b, size_t n, double *out);

/// x[i] *= y[i]
void covariance_multiply(double *x, const double *y, size_t n);

/// sum_i a[i] * b[i].
double covariance_dot(const double *a, const double *b, size_t n);

/// exp(x) for x at most 0, to 2 units in the last place; below -708 it is exp(-708).
double covariance_exp_of_negative(double x);

#endif
