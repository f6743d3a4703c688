// The update rules of the optimizers: name and number of memory blocks. The block of a rule is
// rules/NAME.h; loops, instruction sets, dispatch and the numbers below follow from this list.
#ifndef OPTIMIZER_RULES_H
#define OPTIMIZER_RULES_H

#define FOR_EVERY_OPTIMIZER_RULE(RULE) \
  RULE(plain, 0) \
  RULE(momentum, 1) \
  RULE(adam, 2) \
  RULE(adadelta, 2) \
  RULE(amsgrad, 3) \
  RULE(centered, 2) \
  RULE(lion, 1) \
  RULE(nadam, 2) \
  RULE(root_mean_square, 1) \
  RULE(schedule_free, 1)

#define OPTIMIZER_RULE_NUMBER(name, blocks) optimizer_rule_##name,
typedef enum optimizer_rule {
  FOR_EVERY_OPTIMIZER_RULE(OPTIMIZER_RULE_NUMBER) optimizer_rule_count
} optimizer_rule;
#undef OPTIMIZER_RULE_NUMBER

/// No rule has more coefficients.
enum { optimizer_most_coefficients = 8 };

#endif
