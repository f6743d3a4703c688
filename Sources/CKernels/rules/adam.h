// Adam's moments and update (Kingma and Ba, ICLR 2015, Algorithm 1).
//   m ← beta1·m + beta1_rest·g,   v ← beta2·v + beta2_rest·g²
//   u = (first_correction·m) / (second_correction·√v + epsilon)
RULE_BLOCK(adam) {
  enum { beta1, beta1_rest, beta2, beta2_rest, first_correction, second_correction, epsilon };
  floats16 *m = &s[0], *v = &s[1];
  (void)w;
  *m = c[beta1] * *m + c[beta1_rest] * *g;
  *v = c[beta2] * *v + c[beta2_rest] * (*g * *g);
  *g = (c[first_correction] * *m) / (c[second_correction] * __builtin_elementwise_sqrt(*v) + c[epsilon]);
}
