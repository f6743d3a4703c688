// Loops that must run at the speed of memory: fused optimizer updates, checksums. Plain C over plain arrays.
#ifndef CKERNELS_H
#define CKERNELS_H
#include <stddef.h>
#include <stdint.h>

#include "checksum.h"
#include "dropout_mask.h"

#endif
