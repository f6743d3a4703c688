// Passes over all samples of a data set: what of them is finite, their moments, and their standardization.
#ifndef SAMPLES_H
#define SAMPLES_H
#include <stddef.h>

/// The place of the first number that is not finite; `count` where all are.
size_t samples_first_not_finite(const float *values, size_t count);

/// Adds, for each of `channels` runs of `area` numbers of a sample, the differences to its origin and their squares.
void samples_moments(
  const float *sample, size_t channels, size_t area, const double *origins, double *sums, double *squares);

/// values[i] ← (values[i] − mean) / deviation of its channel, 0 where it is not a number. Channels are runs of `area`
/// numbers, and begin anew after the last of them.
void samples_standardize(
  float *values, size_t count, size_t channels, size_t area, const float *means, const float *deviations);

#endif
