// The gradient over the root of a sum or mean of its squares (AdaGrad: Duchi, Hazan and Singer, JMLR 12,
// 2011; RMSprop: Hinton's lecture 6e).
//   v ← square_share·v + square_rest·g²
//   u = g / (correction·√v + epsilon)
RULE_BLOCK(root_mean_square) {
  enum { square_share, square_rest, correction, epsilon };
  floats16 *v = &s[0];
  (void)w;
  *v = c[square_share] * *v + c[square_rest] * (*g * *g);
  *g = *g / (c[correction] * __builtin_elementwise_sqrt(*v) + c[epsilon]);
}
