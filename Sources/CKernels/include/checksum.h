// CRC-32C (Castagnoli): the checksum of iSCSI, ext4 and NVMe, which processors compute in one instruction.
#ifndef CHECKSUM_H
#define CHECKSUM_H
#include <stddef.h>
#include <stdint.h>

/// The CRC-32C of `count` bytes that follow bytes whose CRC-32C is `previous`; 0 when there are none before.
/// Polynomial 0x1EDC6F41, reflected, all ones in and out (RFC 3720 §12.1 and B.4). Uses the processor's instruction
/// where there is one, found at run time.
uint32_t checksum_crc32c(uint32_t previous, const void *bytes, size_t count);

/// The same by table alone, eight bytes at a time: for processors without the instruction, and to check the other.
uint32_t checksum_crc32c_portable(uint32_t previous, const void *bytes, size_t count);

#endif
