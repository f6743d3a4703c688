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

/// Adam's update of one block; `m` and `v` are updated, the result is in `g`.
static inline __attribute__((always_inline)) void LOOPS(adam_block)(
  const floats16 *w, floats16 *g, floats16 *m, floats16 *v, const adam_coefficients *c) {
  floats16 gradient = c->gradient_scale * *g + c->coupled_decay * *w;
  *m = c->beta1 * *m + c->beta1_rest * gradient;
  *v = c->beta2 * *v + c->beta2_rest * (gradient * gradient);
  floats16 scale = c->second_correction * __builtin_elementwise_sqrt(*v) + c->epsilon;
  *g = (c->first_correction * *m) / scale + c->decay * *w;
}

/// The momentum update of one block; `b` is updated, the result is in `g`.
static inline __attribute__((always_inline)) void LOOPS(momentum_block)(
  const floats16 *w, floats16 *g, floats16 *b, const momentum_coefficients *c) {
  floats16 gradient = c->gradient_scale * *g + c->coupled_decay * *w;
  *b = c->momentum * *b + gradient;
  *g = c->gradient_share * gradient + c->buffer_share * *b + c->decay * *w;
}

static inline __attribute__((always_inline)) void LOOPS(plain_block)(
  const floats16 *w, floats16 *g, const momentum_coefficients *c) {
  *g = c->gradient_scale * *g + c->coupled_decay * *w + c->decay * *w;
}

static optimizer_norms LOOPS(adam_direction)(
  const float *w, float *g, float *m, float *v, size_t count, const adam_coefficients *coefficients) {
  const adam_coefficients c = *coefficients;
  doubles16 parameters = {0}, updates = {0};
  FOR_EACH_BLOCK(count, {
    floats16 wi = LOAD(w), gi = LOAD(g), mi = LOAD(m), vi = LOAD(v);
    LOOPS(adam_block)(&wi, &gi, &mi, &vi, &c);
    KEEP_INSIDE(gi);
    STORE(m, mi);
    STORE(v, vi);
    STORE(g, gi);
    LOOPS(add_squares)(&wi, &parameters);
    LOOPS(add_squares)(&gi, &updates);
  })
  return (optimizer_norms){total(&parameters), total(&updates)};
}

static void LOOPS(adam_step)(
  float *w, float *g, float *m, float *v, size_t count, const adam_coefficients *coefficients, float rate) {
  const adam_coefficients c = *coefficients;
  const floats16 zero = {0};
  FOR_EACH_BLOCK(count, {
    floats16 wi = LOAD(w), gi = LOAD(g), mi = LOAD(m), vi = LOAD(v);
    LOOPS(adam_block)(&wi, &gi, &mi, &vi, &c);
    STORE(m, mi);
    STORE(v, vi);
    STORE(w, wi - rate * gi);
    STORE(g, zero);
  })
}

static optimizer_norms LOOPS(momentum_direction)(
  const float *w, float *g, float *b, size_t count, const momentum_coefficients *coefficients) {
  const momentum_coefficients c = *coefficients;
  doubles16 parameters = {0}, updates = {0};
  FOR_EACH_BLOCK(count, {
    floats16 wi = LOAD(w), gi = LOAD(g);
    if (b) {
      floats16 bi = LOAD(b);
      LOOPS(momentum_block)(&wi, &gi, &bi, &c);
      STORE(b, bi);
    } else {
      LOOPS(plain_block)(&wi, &gi, &c);
    }
    STORE(g, gi);
    LOOPS(add_squares)(&wi, &parameters);
    LOOPS(add_squares)(&gi, &updates);
  })
  return (optimizer_norms){total(&parameters), total(&updates)};
}

static void LOOPS(momentum_step)(
  float *w, float *g, float *b, size_t count, const momentum_coefficients *coefficients, float rate) {
  const momentum_coefficients c = *coefficients;
  const floats16 zero = {0};
  FOR_EACH_BLOCK(count, {
    floats16 wi = LOAD(w), gi = LOAD(g);
    if (b) {
      floats16 bi = LOAD(b);
      LOOPS(momentum_block)(&wi, &gi, &bi, &c);
      STORE(b, bi);
    } else {
      LOOPS(plain_block)(&wi, &gi, &c);
    }
    STORE(w, wi - rate * gi);
    STORE(g, zero);
  })
}

static void LOOPS(apply_direction)(float *w, float *g, size_t count, float rate) {
  const floats16 zero = {0};
  FOR_EACH_BLOCK(count, {
    STORE(w, LOAD(w) - rate * LOAD(g));
    STORE(g, zero);
  })
}

static const optimizer_loops LOOPS(table) = {
  LOOPS_NAME,
  LOOPS(sum_of_squares),
  LOOPS(adam_direction),
  LOOPS(adam_step),
  LOOPS(momentum_direction),
  LOOPS(momentum_step),
  LOOPS(apply_direction),
};
