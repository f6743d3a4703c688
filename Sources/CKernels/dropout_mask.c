#include "dropout_mask.h"

// Sixteen blocks side by side.
typedef uint32_t words16 __attribute__((vector_size(64)));
typedef uint64_t longs16 __attribute__((vector_size(128)));


enum { side_by_side = 16, words = 4 * side_by_side };

#if defined(__x86_64__) && defined(__linux__)
#define FOR_EACH_INSTRUCTION_SET __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define FOR_EACH_INSTRUCTION_SET
#endif

// Macros, not functions: a vector argument has another calling convention for each instruction set.
#define multiply(value, factor) (__builtin_convertvector(value, longs16) * (factor))
#define low(product) __builtin_convertvector(product, words16)
#define high(product) __builtin_convertvector((product) >> 32, words16)

FOR_EACH_INSTRUCTION_SET
static void mask_blocks(
  float *mask, uint64_t block, size_t groups, dropout_stream stream, uint32_t threshold, float kept
) {
  const longs16 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (size_t group = 0; group < groups; group++, block += side_by_side, mask += words) {
    const longs16 numbers = lanes + block;
    words16 x = low(numbers), y = high(numbers);
    words16 z = (words16){0} + stream.index, w = (words16){0} + stream.purpose;
    uint32_t key0 = (uint32_t)stream.seed, key1 = (uint32_t)(stream.seed >> 32);
    for (int round = 0; round < 10; round++, key0 += 0x9E3779B9u, key1 += 0xBB67AE85u) {
      const longs16 first = multiply(x, (uint64_t)0xD2511F53u), second = multiply(z, (uint64_t)0xCD9E8D57u);
      x = high(second) ^ y ^ key0;
      y = low(second);
      z = high(first) ^ w ^ key1;
      w = low(first);
    }
    _Alignas(64) uint32_t drawn[4][side_by_side];
    *(words16 *)drawn[0] = x;
    *(words16 *)drawn[1] = y;
    *(words16 *)drawn[2] = z;
    *(words16 *)drawn[3] = w;
    for (int lane = 0; lane < side_by_side; lane++)
      for (int word = 0; word < 4; word++)
        mask[4 * lane + word] = drawn[word][lane] < threshold ? 0.0f : kept;
  }
}

void dropout_mask(
  float *mask, size_t count, dropout_stream stream, uint64_t first, uint32_t threshold, float kept
) {
  // Whole groups go straight into the mask when it starts on a block; the rest through a small buffer.
  while (count > 0) {
    const uint64_t block = first / 4;
    const size_t skipped = first % 4;
    size_t done;
    if (skipped == 0 && count >= words) {
      const size_t groups = count / words;
      mask_blocks(mask, block, groups, stream, threshold, kept);
      done = groups * words;
    } else {
      float some[words];
      mask_blocks(some, block, 1, stream, threshold, kept);
      done = words - skipped < count ? words - skipped : count;
      for (size_t i = 0; i < done; i++) mask[i] = some[skipped + i];
    }
    mask += done;
    first += done;
    count -= done;
  }
}
