#include "samples.h"

#include <math.h>

size_t samples_first_not_finite(const float *values, size_t count) {
  // Blocks without a branch inside, of which only one that has such a number is looked through.
  for (size_t start = 0; start < count; start += 4096) {
    size_t end = count - start < 4096 ? count : start + 4096;
    int others = 0;
    for (size_t i = start; i < end; ++i) others |= !(fabsf(values[i]) <= 3.402823466e38f);
    if (!others) continue;
    for (size_t i = start; i < end; ++i) {
      if (!isfinite(values[i])) return i;
    }
  }
  return count;
}

void samples_moments(
  const float *sample, size_t channels, size_t area, const double *origins, double *sums, double *squares) {
  for (size_t channel = 0; channel < channels; ++channel) {
    double sum = 0, square = 0;
    for (size_t i = channel * area; i < (channel + 1) * area; ++i) {
      double difference = (double)sample[i] - origins[channel];
      sum += difference;
      square += difference * difference;
    }
    sums[channel] += sum;
    squares[channel] += square;
  }
}

void samples_standardize(
  float *values, size_t count, size_t channels, size_t area, const float *means, const float *deviations) {
  size_t channel = 0;
  for (size_t start = 0; start < count; start += area) {
    float mean = means[channel], deviation = deviations[channel];
    for (size_t i = start; i < start + area && i < count; ++i) {
      values[i] = values[i] == values[i] ? (values[i] - mean) / deviation : 0;
    }
    channel = channel + 1 == channels ? 0 : channel + 1;
  }
}
