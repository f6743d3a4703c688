// Adam that looks ahead along its first moment (Dozat, "Incorporating Nesterov momentum into Adam", 2016).
//   m ← beta1·m + beta1_rest·g,   v ← beta2·v + beta2_rest·g²
//   u = (gradient_share·g + moment_share·m) / (second_correction·√v + epsilon)
RULE_BLOCK(nadam) {
  enum { beta1, beta1_rest, beta2, beta2_rest, gradient_share, moment_share, second_correction, epsilon };
  floats16 *m = &s[0], *v = &s[1];
  (void)w;
  *m = c[beta1] * *m + c[beta1_rest] * *g;
  *v = c[beta2] * *v + c[beta2_rest] * (*g * *g);
  floats16 ahead = c[gradient_share] * *g + c[moment_share] * *m;
  *g = ahead / (c[second_correction] * __builtin_elementwise_sqrt(*v) + c[epsilon]);
}
