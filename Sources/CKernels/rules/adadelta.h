// AdaDelta (Zeiler, arXiv 1212.5701, Algorithm 1).
//   v ← rho·v + rho_rest·g²
//   u = √(d + epsilon) / √(v + epsilon) · g
//   d ← rho·d + rho_rest·u²
RULE_BLOCK(adadelta) {
  enum { rho, rho_rest, epsilon };
  floats16 *v = &s[0], *d = &s[1];
  (void)w;
  *v = c[rho] * *v + c[rho_rest] * (*g * *g);
  *g = __builtin_elementwise_sqrt(*d + c[epsilon]) / __builtin_elementwise_sqrt(*v + c[epsilon]) * *g;
  *d = c[rho] * *d + c[rho_rest] * (*g * *g);
}
