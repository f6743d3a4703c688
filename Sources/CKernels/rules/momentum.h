// Momentum (Sutskever et al., ICML 2013), as practised: the rate multiplies the buffer b.
//   b ← momentum·b + gradient_weight·g
//   u = gradient_share·g + buffer_share·b
// The shares are (0, 1) for plain momentum, (1, momentum) for Nesterov's.
RULE_BLOCK(momentum) {
  enum { momentum, gradient_weight, gradient_share, buffer_share };
  floats16 *b = &s[0];
  (void)w;
  *b = c[momentum] * *b + c[gradient_weight] * *g;
  *g = c[gradient_share] * *g + c[buffer_share] * *b;
}
