// Functions for loops that vectorize: without branches, and bit for bit alike on every machine.
#ifndef VECTOR_MATH_H
#define VECTOR_MATH_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Each loop is compiled for several instruction sets, and the loader picks one. No result depends on which.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EVERY_MACHINE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EVERY_MACHINE
#endif

enum { lanes = 8 };

// exp(x) = 2^k exp(f), k the nearest integer to x / ln 2 and |f| at most (ln 2) / 2. Adding 1.5 * 2^52 rounds
// to an integer and leaves it in the low bits: an exponent without a conversion, which SSE2 and AVX2 lack.
// ln 2 in two parts after Cody and Waite (1980). The Taylor polynomial of degree 13 errs by f^14/14! < 5e-18.
static inline __attribute__((always_inline)) double exp_of_negative(double x) {
  const double shift = 0x1.8p52;
  x = x < -708.0 ? -708.0 : x;
  const double shifted = x * 0x1.71547652b82fep0 + shift;
  const double k = shifted - shift;
  const double f = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
  double p = 1.0 / 6227020800.0;
  p = p * f + 1.0 / 479001600.0;
  p = p * f + 1.0 / 39916800.0;
  p = p * f + 1.0 / 3628800.0;
  p = p * f + 1.0 / 362880.0;
  p = p * f + 1.0 / 40320.0;
  p = p * f + 1.0 / 5040.0;
  p = p * f + 1.0 / 720.0;
  p = p * f + 1.0 / 120.0;
  p = p * f + 1.0 / 24.0;
  p = p * f + 1.0 / 6.0;
  p = p * f + 0.5;
  p = p * f + 1.0;
  p = p * f + 1.0;
  uint64_t exponent, bits;
  memcpy(&exponent, &shifted, sizeof exponent);
  memcpy(&bits, &p, sizeof bits);
  bits += exponent << 52;
  memcpy(&p, &bits, sizeof p);
  return p;
}

// ln(x) for a normal x above 0, to 2 units in the last place. x = 2^k m with m in [sqrt(1/2), sqrt(2)), and
// ln m = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.172, by its Taylor series: the next term is below 2e-17 of
// ln m.
static inline __attribute__((always_inline)) double log_of_positive(double x) {
  const uint64_t root_of_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000, two_to_52 = 0x4330000000000000;
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  const uint64_t exponent = (bits + (one - root_of_half)) >> 52;
  bits -= (exponent << 52) - one;
  double m, k;
  memcpy(&m, &bits, sizeof m);
  // An integer below 2^52 becomes a number as the low bits of one between 2^52 and 2^53.
  const uint64_t shifted = exponent | two_to_52;
  memcpy(&k, &shifted, sizeof k);
  k -= 0x1p52 + 1023.0;
  const double s = (m - 1.0) / (m + 1.0), square = s * s;
  double p = 1.0 / 21.0;
  p = p * square + 1.0 / 19.0;
  p = p * square + 1.0 / 17.0;
  p = p * square + 1.0 / 15.0;
  p = p * square + 1.0 / 13.0;
  p = p * square + 1.0 / 11.0;
  p = p * square + 1.0 / 9.0;
  p = p * square + 1.0 / 7.0;
  p = p * square + 1.0 / 5.0;
  p = p * square + 1.0 / 3.0;
  return k * 0x1.62e42feep-1 + (2.0 * s + (2.0 * s * square * p + k * 0x1.a39ef35793c76p-33));
}

static inline __attribute__((always_inline)) double sum_of_lanes(const double *lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

#endif
