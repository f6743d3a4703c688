// Parzen estimators: mixtures of products of Gaussians restricted to [0, 1].
//
// Notation   k kernels; c[i] and 1 / (sqrt(2) s[i]) centre and scale of kernel i, s its standard deviation.
// Exactness  Elementwise loops, and sums in eight lanes added in a fixed order, without fused multiply-adds:
//            bit for bit the same results whichever instruction set runs them.
#ifndef PARZEN_H
#define PARZEN_H
#include <stddef.h>
#include <stdint.h>

/// Writes the places of n values in [0, 1] by ascending value, equal ones as they were; `spare` has room
/// for n.
void parzen_order(const double *values, size_t n, uint32_t *order, uint32_t *spare);

/// terms[i] -= ((u - c[i]) scales[i])^2: the logarithm of each Gaussian at u, but for what is the same at all
/// u.
void parzen_add_gaussians(const double *c, const double *scales, size_t k, double u, double *terms);

/// Adds to terms[i] what does not depend on u: ln(scales[i] / sqrt(pi)) less the log of the mass in [0, 1].
void parzen_add_normalizers(const double *c, const double *scales, size_t k, double *terms);

/// Writes the logarithm of the mass that each whole Gaussian has in [low, high], low < high, to 1e-11 where that
/// is a thousandth of s[i] or wider. Far in a tail it neither underflows nor cancels.
void parzen_log_masses(
    const double *c, const double *scales, size_t k, double low, double high, double *masses);

/// terms[i] += values[members[i]].
void parzen_add_listed(const uint32_t *members, const double *values, size_t k, double *terms);

/// terms[i] += hit where observed[i] is `choice`, else miss.
void parzen_add_choices(
    const uint32_t *observed, uint32_t choice, size_t k, double hit, double miss, double *terms);

/// ln(sum_i exp(terms[i])).
double parzen_log_sum_exp(const double *terms, size_t k);

/// out[i] = ln(x[i]), x[i] normal and above 0.
void parzen_logs(const double *x, size_t k, double *out);

#endif
