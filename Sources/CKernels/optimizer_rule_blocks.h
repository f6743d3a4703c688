// The block of every rule in the list of optimizer_rules.h.
#include "rules/adam.h"
#include "rules/momentum.h"
#include "rules/plain.h"
