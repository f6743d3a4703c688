// The gradient over its running deviation: RMSprop, centered (Graves, arXiv 1308.0850, equations 38 to 40).
//   v ← square_share·v + square_rest·g²,   m ← m + square_rest·(g − m)
//   u = g / (√(v − m²) + epsilon)
RULE_BLOCK(centered) {
  enum { square_share, square_rest, epsilon };
  floats16 *v = &s[0], *m = &s[1];
  (void)w;
  *v = c[square_share] * *v + c[square_rest] * (*g * *g);
  *m = *m + c[square_rest] * (*g - *m);
  // Rounding may take the variance below 0 where there is hardly any.
  floats16 variance = __builtin_elementwise_max(*v - *m * *m, (floats16){0});
  *g = *g / (__builtin_elementwise_sqrt(variance) + c[epsilon]);
}
