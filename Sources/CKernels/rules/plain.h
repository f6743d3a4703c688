// The gradient as it is: u = g. No memory, no coefficients.
RULE_BLOCK(plain) {
  (void)w, (void)g, (void)s, (void)c;
}
