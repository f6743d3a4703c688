#include "parzen.h"

#include <float.h>

#include "vector_math.h"

static inline uint32_t key_of(double value) { return (uint32_t)(value * 4294967295.0); }

// By radix, a byte of 32 bits at a time; then what 32 bits do not tell apart moves the little that is left.
void parzen_order(const double *values, size_t n, uint32_t *order, uint32_t *spare) {
  uint32_t starts[4][256] = {0};
  for (size_t i = 0; i < n; i++) {
    const uint32_t key = key_of(values[i]);
    for (int byte = 0; byte < 4; byte++) starts[byte][key >> 8 * byte & 255]++;
  }
  for (int byte = 0; byte < 4; byte++) {
    uint32_t sum = 0;
    for (int digit = 0; digit < 256; digit++) {
      const uint32_t count = starts[byte][digit];
      starts[byte][digit] = sum;
      sum += count;
    }
  }
  for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
  for (int byte = 0; byte < 4; byte++) {
    for (size_t i = 0; i < n; i++) {
      const uint32_t place = order[i];
      spare[starts[byte][key_of(values[place]) >> 8 * byte & 255]++] = place;
    }
    uint32_t *sorted = spare;
    spare = order;
    order = sorted;
  }
  for (size_t i = 1; i < n; i++) {
    const uint32_t place = order[i];
    size_t j = i;
    for (; j > 0 && values[order[j - 1]] > values[place]; j--) order[j] = order[j - 1];
    order[j] = place;
  }
}

FOR_EVERY_MACHINE
void parzen_add_gaussians(
    const double *restrict c, const double *restrict scales, size_t k, double u, double *restrict terms) {
  for (size_t i = 0; i < k; i++) {
    const double z = (u - c[i]) * scales[i];
    terms[i] -= z * z;
  }
}

// exp(x^2) erfc(x) for x at least 0, to 4e-15: a polynomial in t = (x - 3.75) / (x + 3.75) over 1 + 2 x (the
// variables of M. M. Shepherd and J. G. Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x in
// 0 <= x < infinity", Math. Comp. 36, 1981), interpolated at the Chebyshev points in 50 digits.
static inline __attribute__((always_inline)) double scaled_erfc(double x) {
  const double t = (x - 3.75) / (x + 3.75);
  double p = 0x1.38cf6cbfb5e2bp-26;
  p = p * t + 0x1.244b99ea9fb1ep-27;
  p = p * t - 0x1.d346b6e1176c9p-23;
  p = p * t - 0x1.db252f5fcc51bp-26;
  p = p * t + 0x1.c924d0c129d1fp-20;
  p = p * t - 0x1.0eb9b1a0f4a0cp-20;
  p = p * t - 0x1.7ec9cc7ce1183p-17;
  p = p * t + 0x1.77fb2c16e9ae4p-16;
  p = p * t + 0x1.b11ea9cb53c2cp-15;
  p = p * t - 0x1.3042f54c4b0fbp-12;
  p = p * t + 0x1.33fc8c69f49ddp-12;
  p = p * t + 0x1.cc3a4e35d032fp-10;
  p = p * t - 0x1.3f603e3d0cde6p-7;
  p = p * t + 0x1.d0b002c407c62p-6;
  p = p * t - 0x1.e0d0fa60f7ef8p-5;
  p = p * t + 0x1.7a14188f3f508p-4;
  p = p * t - 0x1.bda9309a7557bp-4;
  p = p * t + 0x1.510169d05fb8ap-4;
  p = p * t + 0x1.d5f294817b41bp-9;
  p = p * t - 0x1.1f367683f83b0p-3;
  p = p * t + 0x1.3ccda0b5d5dc2p+0;
  return p / (1.0 + 2.0 * x);
}

// With p <= q the distances of the borders from the centre and E(x) = exp(x^2) erfc(x), the mass is
//   1 - (exp(-p^2) E(p) + exp(-q^2) E(q)) / 2       if the centre lies between them,
//   exp(-p^2) (E(p) - exp(p^2 - q^2) E(q)) / 2      else, where exp(-p^2) stays a logarithm.
static inline __attribute__((always_inline)) double log_mass(double from, double to) {
  const int is_between = (from <= 0) & (to >= 0);
  const double a = from < 0 ? -from : from, b = to < 0 ? -to : to;
  const double p = a < b ? a : b, q = a < b ? b : a;
  const double near = -p * p, far = -q * q;
  const double first = scaled_erfc(p) * exp_of_negative(is_between ? near : 0.0);
  const double second = scaled_erfc(q) * exp_of_negative(is_between ? far : far - near);
  double mass = is_between ? 1.0 - 0.5 * (first + second) : 0.5 * (first - second);
  mass = mass > DBL_MIN ? mass : DBL_MIN;
  return log_of_positive(mass) + (is_between ? 0.0 : near);
}

FOR_EVERY_MACHINE
void parzen_log_masses(
    const double *restrict c, const double *restrict scales, size_t k, double low, double high,
    double *restrict masses) {
  for (size_t i = 0; i < k; i++) masses[i] = log_mass((low - c[i]) * scales[i], (high - c[i]) * scales[i]);
}

FOR_EVERY_MACHINE
void parzen_add_normalizers(
    const double *restrict c, const double *restrict scales, size_t k, double *restrict terms) {
  const double log_root_of_pi = 0.572364942924700087071713675677;
  for (size_t i = 0; i < k; i++) {
    const double mass = log_mass(-c[i] * scales[i], (1.0 - c[i]) * scales[i]);
    terms[i] += log_of_positive(scales[i]) - log_root_of_pi - mass;
  }
}

void parzen_add_listed(
    const uint32_t *restrict members, const double *restrict values, size_t k, double *restrict terms) {
  for (size_t i = 0; i < k; i++) terms[i] += values[members[i]];
}

FOR_EVERY_MACHINE
void parzen_add_choices(
    const uint32_t *restrict observed, uint32_t choice, size_t k, double hit, double miss,
    double *restrict terms) {
  for (size_t i = 0; i < k; i++) terms[i] += observed[i] == choice ? hit : miss;
}

FOR_EVERY_MACHINE
double parzen_log_sum_exp(const double *restrict terms, size_t k) {
  const size_t even = k - k % lanes;
  double greatest = terms[0], lane[lanes];
  for (size_t l = 0; l < lanes; l++) lane[l] = greatest;
  for (size_t i = 0; i < even; i += lanes)
    for (size_t l = 0; l < lanes; l++) lane[l] = terms[i + l] > lane[l] ? terms[i + l] : lane[l];
  for (size_t i = even; i < k; i++) lane[i - even] = terms[i] > lane[i - even] ? terms[i] : lane[i - even];
  for (size_t l = 0; l < lanes; l++) greatest = lane[l] > greatest ? lane[l] : greatest;
  for (size_t l = 0; l < lanes; l++) lane[l] = 0;
  for (size_t i = 0; i < even; i += lanes)
    for (size_t l = 0; l < lanes; l++) lane[l] += exp_of_negative(terms[i + l] - greatest);
  for (size_t i = even; i < k; i++) lane[i - even] += exp_of_negative(terms[i] - greatest);
  return greatest + log_of_positive(sum_of_lanes(lane));
}

FOR_EVERY_MACHINE
void parzen_logs(const double *restrict x, size_t k, double *restrict out) {
  for (size_t i = 0; i < k; i++) out[i] = log_of_positive(x[i]);
}
