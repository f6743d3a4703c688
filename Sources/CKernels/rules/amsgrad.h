// Adam with the greatest second moment so far (Reddi, Kale and Kumar, ICLR 2018, Algorithm 2).
//   m ← beta1·m + beta1_rest·g,   v ← beta2·v + beta2_rest·g²,   x ← max(x, v)
//   u = (first_correction·m) / (second_correction·√x + epsilon)
RULE_BLOCK(amsgrad) {
  enum { beta1, beta1_rest, beta2, beta2_rest, first_correction, second_correction, epsilon };
  floats16 *m = &s[0], *v = &s[1], *x = &s[2];
  (void)w;
  *m = c[beta1] * *m + c[beta1_rest] * *g;
  *v = c[beta2] * *v + c[beta2_rest] * (*g * *g);
  *x = __builtin_elementwise_max(*x, *v);
  *g = (c[first_correction] * *m) / (c[second_correction] * __builtin_elementwise_sqrt(*x) + c[epsilon]);
}
