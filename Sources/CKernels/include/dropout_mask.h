// Which elements a dropout layer keeps, as a function of a counter: never of what else ran before.
#ifndef DROPOUT_MASK_H
#define DROPOUT_MASK_H
#include <stddef.h>
#include <stdint.h>

/// A stream of Philox4x32-10 (Salmon et al., SC 2011, §5): the key is the seed; the counter holds the block's
/// number in its lower 64 bits, then `index`, then `purpose`, as Randomness' `CounterGenerator` does.
typedef struct dropout_stream {
  uint64_t seed;
  uint32_t index;
  uint32_t purpose;
} dropout_stream;

/// mask[i] ← 0 if the 32-bit number `first + i` of the stream is below `threshold`, else `kept`, for i <
/// count. Block b of the stream holds its numbers 4b to 4b + 3. The same on every instruction set.
void dropout_mask(
  float *mask, size_t count, dropout_stream stream, uint64_t first, uint32_t threshold, float kept);

#endif
