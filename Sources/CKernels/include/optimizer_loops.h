// The optimizers' inner loops: one pass over flat arrays of 32-bit floats, at the speed of memory.
//
// Notation   w parameters, g gradients, s blocks of memory, u update; all of `count` floats from `offset` on,
//            at any alignment (64 bytes is fastest), none overlapping another.
// Exactness  Every loop works on blocks of 16 elements, sums of squares in 16 double lanes that are added in a
//            fixed order, without contraction into fused multiply-adds. So the results are bit for bit the
//            same whichever instruction set runs them, and the same on every run.
#ifndef OPTIMIZER_LOOPS_H
#define OPTIMIZER_LOOPS_H
#include <stddef.h>

#include "optimizer_rules.h"

/// What a direction pass learns on the way: ∑w² and ∑u².
typedef struct optimizer_norms {
  double parameter_squares;
  double update_squares;
} optimizer_norms;

/// One tensor's share of a pass: ĝ = gradient_scale·g + coupled_decay·w, the rule makes u of it and of its
/// memory, and decay·w is added to u.
typedef struct optimizer_pass {
  /// The arrays in which the tensor lies, from their starts.
  float *parameters, *gradients;
  /// The rule's blocks of memory, as many as the list says; they too from their starts.
  float *const *state;
  /// The tensor's first element, and how many it has.
  size_t offset, count;
  float gradient_scale, coupled_decay, decay;
  /// The rule's own, `optimizer_most_coefficients` of them; what they are says rules/NAME.h.
  const float *coefficients;
} optimizer_pass;

/// The two loops of a rule.
typedef struct optimizer_rule_loops {
  /// Updates the memory, leaves u where g was.
  optimizer_norms (*direction)(const optimizer_pass *pass);
  /// Updates the memory, then w ← w − rate·u; g is zero afterwards.
  void (*step)(const optimizer_pass *pass, float rate);
} optimizer_rule_loops;

/// One implementation of all loops, for one instruction set.
typedef struct optimizer_loops {
  const char *instruction_set;

  /// ∑x². Not finite if and only if an element is not finite (the square of a float fits a double).
  double (*sum_of_squares)(const float *x, size_t count);

  /// w ← w − rate·u, where g holds u; g is zero afterwards.
  void (*apply_direction)(float *w, float *g, size_t count, float rate);

  optimizer_rule_loops rules[optimizer_rule_count];
} optimizer_loops;

/// The implementations that this processor can run, the widest first; there is always at least one.
size_t optimizer_loops_count(void);
const optimizer_loops *optimizer_loops_at(size_t index);

static inline optimizer_norms optimizer_direction(
  const optimizer_loops *loops, optimizer_rule rule, const optimizer_pass *pass) {
  return loops->rules[rule].direction(pass);
}

static inline void optimizer_step(
  const optimizer_loops *loops, optimizer_rule rule, const optimizer_pass *pass, float rate) {
  loops->rules[rule].step(pass, rate);
}

#endif
