// The loops of optimizer_loops.h, written once; optimizer_loops.c includes this file once for each
// instruction set, with LOOPS(name) appending the set's name. The vector types are 16 elements long whatever
// the hardware's width: the compiler splits them, and the arithmetic, hence every rounding, stays the same.

static inline __attribute__((always_inline)) void LOOPS(add_squares)(const floats16 *x, doubles16 *sums) {
  doubles16 wide = __builtin_convertvector(*x, doubles16);
  *sums += wide * wide;
}

static double LOOPS(sum_of_squares)(const float *x, size_t count) {
  // Two accumulators, so that one addition need not wait for the one before.
  doubles16 even = {0}, odd = {0};
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    floats16 first = load(x + i), second = load(x + i + 16);
    LOOPS(add_squares)(&first, &even);
    LOOPS(add_squares)(&second, &odd);
  }
  for (; i < count; i += 16) {
    floats16 rest = load_some(x + i, count - i);
    LOOPS(add_squares)(&rest, &even);
  }
  even += odd;
  return total(&even);
}

static void LOOPS(apply_direction)(float *w, float *g, size_t count, float rate) {
  const floats16 zero = {0};
  FOR_EACH_BLOCK(count, {
    STORE(w, LOAD(w) - rate * LOAD(g));
    STORE(g, zero);
  })
}

// A rule's block: of 16 elements, the parameters `w`, the gradient `g`, in which it leaves the update, its
// memory `s` and its coefficients `c`.
#define RULE_BLOCK(name) \
  static inline __attribute__((always_inline)) void LOOPS(name##_block)( \
    const floats16 *w, floats16 *g, floats16 *s, const float *c)
#include "optimizer_rule_blocks.h"
#undef RULE_BLOCK

FOR_EVERY_OPTIMIZER_RULE(DEFINE_RULE_LOOPS)

#define RULE_LOOPS(name, blocks) {LOOPS(name##_direction), LOOPS(name##_step)},
static const optimizer_loops LOOPS(table) = {
  LOOPS_NAME,
  LOOPS(sum_of_squares),
  LOOPS(apply_direction),
  {FOR_EVERY_OPTIMIZER_RULE(RULE_LOOPS)},
};
#undef RULE_LOOPS
