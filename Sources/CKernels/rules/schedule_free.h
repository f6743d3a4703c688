// The moves of Schedule-Free learning (Defazio et al., "The road less scheduled", NeurIPS 2024, equations 1
// to 3): gradients are taken at y, which is what the parameters are; z moves by −h, the step along the
// gradient; x, the weighted mean of all z, is the result. With e = x − y for memory, which begins at 0:
//   u = step_share·h + mean_share·e         (the parameters y move by −u)
//   e ← rest·e + memory_share·h
// where for y = (1 − β)·z + β·x and c the last z's weight in x, step_share = 1 − β·(1 − c),
// mean_share = c·β / (1 − β), rest = 1 − c and memory_share = (1 − β)·(1 − c).
RULE_BLOCK(schedule_free) {
  enum { step_share, mean_share, rest, memory_share };
  floats16 *e = &s[0], h = *g;
  (void)w;
  *g = c[step_share] * h + c[mean_share] * *e;
  *e = c[rest] * *e + c[memory_share] * h;
}
