// The sign of an interpolated momentum: Lion (Chen et al., "Symbolic discovery of optimization algorithms",
// NeurIPS 2023, Algorithm 2).
//   u = sign(beta1·m + beta1_rest·g)
//   m ← beta2·m + beta2_rest·g
RULE_BLOCK(lion) {
  enum { beta1, beta1_rest, beta2, beta2_rest };
  floats16 *m = &s[0];
  (void)w;
  floats16 between = c[beta1] * *m + c[beta1_rest] * *g;
  *m = c[beta2] * *m + c[beta2_rest] * *g;
  // A true comparison is -1 in every bit.
  *g = __builtin_convertvector((between < 0) - (between > 0), floats16);
}
