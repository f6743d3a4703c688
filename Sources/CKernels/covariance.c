#include "covariance.h"

#include <math.h>

#include "vector_math.h"

enum { block = 32 };

double covariance_exp_of_negative(double x) { return exp_of_negative(x); }

// `count` is a constant where it matters, so that the squares stay in registers over the coordinates.
static inline __attribute__((always_inline)) void matern52(
    const double *restrict points, size_t stride, size_t count, size_t d, const uint8_t *restrict categorical,
    const double *restrict w, double variance, const double *restrict q, double *restrict covariance,
    double *restrict slope) {
  const double sqrt5 = 0x1.1e3779b97f4a8p1;
  const double slope_scale = -5.0 / 6.0 * variance;
  double r2[block] = {0};
  for (size_t j = 0; j < d; j++) {
    const double *restrict x = points + j * stride;
    const double center = q[j], weight = w[j];
    if (categorical[j]) {
      for (size_t i = 0; i < count; i++) r2[i] += x[i] == center ? 0.0 : weight;
    } else {
      for (size_t i = 0; i < count; i++) r2[i] += weight * ((x[i] - center) * (x[i] - center));
    }
  }
  for (size_t i = 0; i < count; i++) {
    const double s = sqrt5 * sqrt(r2[i]);
    const double e = exp_of_negative(-s);
    covariance[i] = variance * ((1.0 + s + s * s * (1.0 / 3.0)) * e);
    slope[i] = slope_scale * ((1.0 + s) * e);
  }
}

FOR_EVERY_MACHINE
void covariance_matern52(
    const double *restrict points, size_t stride, size_t n, size_t d, const uint8_t *restrict categorical,
    const double *restrict w, double variance, const double *restrict q, double *restrict covariance,
    double *restrict slope) {
  size_t i = 0;
  for (; i + block <= n; i += block)
    matern52(points + i, stride, block, d, categorical, w, variance, q, covariance + i, slope + i);
  if (i < n) matern52(points + i, stride, n - i, d, categorical, w, variance, q, covariance + i, slope + i);
}

// form[i] = 1 + sum_j s[j] (points[j][i] - c[j]) (q[j] - c[j])
static inline __attribute__((always_inline)) void bilinear(
    const double *restrict points, size_t stride, size_t count, size_t d, const double *restrict s,
    const double *restrict c, const double *restrict q, double *restrict form) {
  for (size_t i = 0; i < count; i++) form[i] = 1.0;
  for (size_t j = 0; j < d; j++) {
    const double *restrict x = points + j * stride;
    const double center = c[j], weight = s[j] * (q[j] - center);
    for (size_t i = 0; i < count; i++) form[i] += weight * (x[i] - center);
  }
}

FOR_EVERY_MACHINE
void covariance_add_quadratic(
    const double *restrict points, size_t stride, size_t n, size_t d, const double *restrict s,
    const double *restrict c, double variance, const double *restrict q, double *restrict covariance) {
  for (size_t i = 0; i < n; i += block) {
    const size_t count = n - i < block ? n - i : block;
    double form[block];
    bilinear(points + i, stride, count, d, s, c, q, form);
    for (size_t k = 0; k < count; k++) covariance[i + k] += variance * (form[k] * form[k]);
  }
}

FOR_EVERY_MACHINE
void covariance_add_quadratic_gradient(
    const double *restrict points, size_t stride, size_t n, size_t d, const double *restrict s,
    const double *restrict c, double variance, const double *restrict b, const double *restrict q,
    double *restrict gradient) {
  for (size_t i = 0; i < n; i += block) {
    const size_t count = n - i < block ? n - i : block;
    double form[block];
    bilinear(points + i, stride, count, d, s, c, q, form);
    for (size_t k = 0; k < count; k++) form[k] *= 2.0 * variance * b[i + k];
    for (size_t j = 0; j < d; j++) {
      double sum = 0;
      for (size_t k = 0; k < count; k++) sum += form[k] * (points[j * stride + i + k] - c[j]);
      gradient[j] += s[j] * sum;
    }
  }
}

FOR_EVERY_MACHINE
void covariance_add_weighted_squares(
    const double *restrict points, size_t stride, size_t n, size_t d, const uint8_t *restrict categorical,
    const double *restrict a, const double *restrict q, double *restrict sums) {
  const size_t even = n - n % lanes;
  for (size_t j = 0; j < d; j++) {
    const double *restrict x = points + j * stride;
    const double center = q[j];
    double lane[lanes] = {0};
    if (categorical[j]) {
      for (size_t i = 0; i < even; i += lanes)
        for (size_t l = 0; l < lanes; l++) lane[l] += x[i + l] == center ? 0.0 : a[i + l];
      for (size_t i = even; i < n; i++) lane[i - even] += x[i] == center ? 0.0 : a[i];
    } else {
      for (size_t i = 0; i < even; i += lanes)
        for (size_t l = 0; l < lanes; l++) lane[l] += a[i + l] * ((x[i + l] - center) * (x[i + l] - center));
      for (size_t i = even; i < n; i++) lane[i - even] += a[i] * ((x[i] - center) * (x[i] - center));
    }
    sums[j] += sum_of_lanes(lane);
  }
}

FOR_EVERY_MACHINE
void covariance_add_input_gradient(
    const double *restrict points, size_t stride, size_t n, size_t d, const uint8_t *restrict categorical,
    const double *restrict w, const double *restrict a, const double *restrict q, double *restrict gradient) {
  const size_t even = n - n % lanes;
  for (size_t j = 0; j < d; j++) {
    if (categorical[j]) continue;
    const double *restrict x = points + j * stride;
    const double center = q[j];
    double lane[lanes] = {0};
    for (size_t i = 0; i < even; i += lanes)
      for (size_t l = 0; l < lanes; l++) lane[l] += a[i + l] * (center - x[i + l]);
    for (size_t i = even; i < n; i++) lane[i - even] += a[i] * (center - x[i]);
    gradient[j] += 2.0 * w[j] * sum_of_lanes(lane);
  }
}

FOR_EVERY_MACHINE
double covariance_dot(const double *restrict a, const double *restrict b, size_t n) {
  const size_t even = n - n % lanes;
  double lane[lanes] = {0};
  for (size_t i = 0; i < even; i += lanes)
    for (size_t l = 0; l < lanes; l++) lane[l] += a[i + l] * b[i + l];
  for (size_t i = even; i < n; i++) lane[i - even] += a[i] * b[i];
  return sum_of_lanes(lane);
}

FOR_EVERY_MACHINE
void covariance_likelihood_weights(
    const double *restrict inverse, const double *restrict alpha, double own, const double *restrict slope,
    size_t n, double *restrict out) {
  for (size_t i = 0; i < n; i++) out[i] = (inverse[i] - own * alpha[i]) * slope[i];
}

FOR_EVERY_MACHINE
void covariance_combine(const double *restrict x, double a, const double *y, double b, size_t n, double *out) {
  for (size_t i = 0; i < n; i++) out[i] = a * x[i] + b * y[i];
}

FOR_EVERY_MACHINE
void covariance_multiply(double *restrict x, const double *restrict y, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] *= y[i];
}
