#include "optimizer_loops.h"

#include <string.h>

// 16 elements, loaded and stored at any alignment.
typedef float floats16 __attribute__((vector_size(64)));
typedef float unaligned_floats16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef double doubles16 __attribute__((vector_size(128)));

// Macros, not functions: a vector argument has another calling convention for each instruction set.
#define load(pointer) (*(const unaligned_floats16 *)(pointer))
#define load_some(pointer, available) \
  __extension__({ \
    floats16 some_ = {0}; \
    size_t available_ = (available); \
    memcpy(&some_, (pointer), (available_ < 16 ? available_ : 16) * sizeof(float)); \
    some_; \
  })

// Runs the body with `i` at each block of 16 elements, then once for what is left over: LOAD gives zeros
// beyond the end, STORE writes nothing there. `part_` is a constant in each copy, so the whole blocks have no
// branch.
#define FOR_EACH_BLOCK(count, ...) \
  { \
    const size_t whole_ = (count) & ~(size_t)15; \
    const size_t left_ = (count) & 15; \
    { \
      enum { part_ = 0 }; \
      for (size_t i = 0; i < whole_; i += 16) __VA_ARGS__ \
    } \
    if (left_) { \
      enum { part_ = 1 }; \
      const size_t i = whole_; \
      __VA_ARGS__ \
    } \
  }
#define LOAD(array) (part_ ? load_some((array) + i, left_) : load((array) + i))
#define STORE(array, value) \
  do { \
    floats16 stored_ = (value); \
    if (part_) memcpy((array) + i, &stored_, left_ * sizeof(float)); \
    else *(unaligned_floats16 *)((array) + i) = stored_; \
  } while (0)
// Beyond the end an update may be 0/0, when epsilon is 0: it must not reach the sums.
#define KEEP_INSIDE(value) \
  do { \
    if (part_) memset((char *)&(value) + left_ * sizeof(float), 0, (16 - left_) * sizeof(float)); \
  } while (0)

// The lanes in a fixed order, as a tree.
static double total(const doubles16 *sums) {
  double lanes[16];
  memcpy(lanes, sums, sizeof lanes);
  for (int width = 8; width >= 1; width /= 2)
    for (int lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  return lanes[0];
}

// Both loops of a rule with so many blocks of memory: its block on 16 elements, between what all rules have in
// common. Arrays, coefficients and memory are local copies, so that no store can be thought to change them.
#define DEFINE_RULE_LOOPS(rule, blocks) \
  static optimizer_norms LOOPS(rule##_direction)(const optimizer_pass *pass) { \
    OPEN_PASS(blocks) \
    doubles16 parameters = {0}, updates = {0}; \
    FOR_EACH_BLOCK(pass->count, { \
      UPDATE(rule, blocks) \
      KEEP_INSIDE(gi); \
      STORE(g, gi); \
      LOOPS(add_squares)(&wi, &parameters); \
      LOOPS(add_squares)(&gi, &updates); \
    }) \
    return (optimizer_norms){total(&parameters), total(&updates)}; \
  } \
  static void LOOPS(rule##_step)(const optimizer_pass *pass, float rate) { \
    OPEN_PASS(blocks) \
    const floats16 zero = {0}; \
    FOR_EACH_BLOCK(pass->count, { \
      UPDATE(rule, blocks) \
      STORE(w, wi - rate * gi); \
      STORE(g, zero); \
    }) \
  }

#define OPEN_PASS(blocks) \
  float *const w = pass->parameters + pass->offset, *const g = pass->gradients + pass->offset; \
  const float gradient_scale = pass->gradient_scale, coupled_decay = pass->coupled_decay; \
  const float decay = pass->decay; \
  float c[optimizer_most_coefficients]; \
  memcpy(c, pass->coefficients, sizeof c); \
  float *memory[(blocks) + 1]; \
  for (int block = 0; block < (blocks); block++) memory[block] = pass->state[block] + pass->offset;

#define UPDATE(rule, blocks) \
  floats16 wi = LOAD(w), gi = LOAD(g), s[(blocks) + 1]; \
  for (int block = 0; block < (blocks); block++) s[block] = LOAD(memory[block]); \
  gi = gradient_scale * gi + coupled_decay * wi; \
  LOOPS(rule##_block)(&wi, &gi, s, c); \
  gi = gi + decay * wi; \
  for (int block = 0; block < (blocks); block++) STORE(memory[block], s[block]);

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#define LOOPS(name) name##_avx512
#define LOOPS_NAME "AVX-512"
#include "optimizer_loops_body.h"
#undef LOOPS
#undef LOOPS_NAME
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define LOOPS(name) name##_avx2
#define LOOPS_NAME "AVX2"
#include "optimizer_loops_body.h"
#undef LOOPS
#undef LOOPS_NAME
#pragma clang attribute pop

#endif

#define LOOPS(name) name##_baseline
#define LOOPS_NAME "baseline"
#include "optimizer_loops_body.h"
#undef LOOPS
#undef LOOPS_NAME

size_t optimizer_loops_count(void) {
  size_t count = 0;
  while (optimizer_loops_at(count)) count++;
  return count;
}

const optimizer_loops *optimizer_loops_at(size_t index) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && index-- == 0) return &table_avx512;
  if (__builtin_cpu_supports("avx2") && index-- == 0) return &table_avx2;
#endif
  return index == 0 ? &table_baseline : NULL;
}
