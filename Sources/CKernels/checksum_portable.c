// CRC-32C by tables, eight bytes at a time ("slicing by 8": M. Kounavis and F. Berry, "A systematic approach to
// building high performance software-based CRC generators", ISCC 2005).
#include "checksum.h"

#include <pthread.h>

/// table[k][b]: what byte b contributes when k more bytes of the same word follow it.
static uint32_t table[8][256];
static pthread_once_t table_made = PTHREAD_ONCE_INIT;

static void make_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1)));
    table[0][byte] = crc;
  }
  for (int k = 1; k < 8; k++)
    for (int byte = 0; byte < 256; byte++)
      table[k][byte] = (table[k - 1][byte] >> 8) ^ table[0][table[k - 1][byte] & 0xFF];
}

uint32_t checksum_crc32c_portable(uint32_t previous, const void *bytes, size_t count) {
  pthread_once(&table_made, make_table);
  const uint8_t *next = bytes;
  uint32_t crc = ~previous;
  for (; count >= 8; next += 8, count -= 8) {
    const uint32_t low = crc ^ ((uint32_t)next[0] | (uint32_t)next[1] << 8 | (uint32_t)next[2] << 16 | (uint32_t)next[3] << 24);
    crc = table[7][low & 0xFF] ^ table[6][(low >> 8) & 0xFF] ^ table[5][(low >> 16) & 0xFF] ^ table[4][low >> 24]
        ^ table[3][next[4]] ^ table[2][next[5]] ^ table[1][next[6]] ^ table[0][next[7]];
  }
  for (; count > 0; next++, count--) crc = (crc >> 8) ^ table[0][(crc ^ *next) & 0xFF];
  return ~crc;
}
