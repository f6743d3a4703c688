// The optimizers' inner loops: one pass over flat arrays of 32-bit floats, at the speed of memory.
//
// Notation   w parameters, g gradients, m and v first and second moments, b momentum, u update; all of `count`
//            floats, at any alignment (64 bytes is fastest), none overlapping another.
// Exactness  Every loop works on blocks of 16 elements, sums of squares in 16 double lanes that are added in a
//            fixed order, without contraction into fused multiply-adds. So the results are bit for bit the
//            same whichever instruction set runs them, and the same on every run.
#ifndef OPTIMIZER_LOOPS_H
#define OPTIMIZER_LOOPS_H
#include <stddef.h>

/// What a direction pass learns on the way: ∑w² and ∑u².
typedef struct optimizer_norms {
  double parameter_squares;
  double update_squares;
} optimizer_norms;

/// Adam's moments and update (Kingma and Ba, ICLR 2015, Algorithm 1), with decay before or after them:
///   ĝ = gradient_scale·g + coupled_decay·w
///   m ← beta1·m + beta1_rest·ĝ,   v ← beta2·v + beta2_rest·ĝ²
///   u = (first_correction·m) / (second_correction·√v + epsilon) + decay·w
typedef struct adam_coefficients {
  float gradient_scale, coupled_decay;
  float beta1, beta1_rest, beta2, beta2_rest;
  float first_correction, second_correction, epsilon;
  float decay;
} adam_coefficients;

/// Momentum (Sutskever et al., ICML 2013), as practised: the rate multiplies the buffer.
///   ĝ = gradient_scale·g + coupled_decay·w
///   b ← momentum·b + ĝ,   u = gradient_share·ĝ + buffer_share·b + decay·w
/// The shares are (0, 1) for plain momentum, (1, momentum) for Nesterov's.
typedef struct momentum_coefficients {
  float gradient_scale, coupled_decay;
  float momentum, gradient_share, buffer_share;
  float decay;
} momentum_coefficients;

/// One implementation of all loops, for one instruction set.
typedef struct optimizer_loops {
  const char *instruction_set;

  /// ∑x². Not finite if and only if an element is not finite (the square of a float fits a double).
  double (*sum_of_squares)(const float *x, size_t count);

  /// Updates m and v, leaves u where g was.
  optimizer_norms (*adam_direction)(
    const float *w, float *g, float *m, float *v, size_t count, const adam_coefficients *coefficients);
  /// Updates m and v, then w ← w − rate·u; g is zero afterwards.
  void (*adam_step)(
    float *w, float *g, float *m, float *v, size_t count, const adam_coefficients *coefficients, float rate);

  /// Updates b, leaves u where g was. b may be NULL: then nothing is remembered, and u = ĝ + decay·w.
  optimizer_norms (*momentum_direction)(
    const float *w, float *g, float *b, size_t count, const momentum_coefficients *coefficients);
  /// Updates b, then w ← w − rate·u; g is zero afterwards. b may be NULL.
  void (*momentum_step)(
    float *w, float *g, float *b, size_t count, const momentum_coefficients *coefficients, float rate);

  /// w ← w − rate·u, where g holds u; g is zero afterwards.
  void (*apply_direction)(float *w, float *g, size_t count, float rate);
} optimizer_loops;

/// The implementations that this processor can run, the widest first; there is always at least one.
size_t optimizer_loops_count(void);
const optimizer_loops *optimizer_loops_at(size_t index);

#endif
