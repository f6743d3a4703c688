// The C face of libpng and libjpeg: one call that reads the size of an image, one that decodes it. Errors of libjpeg
// are jumps, which no Swift code may cross. No decisions.
#ifndef CIMAGES_H
#define CIMAGES_H
#include <stddef.h>
#include <stdint.h>

// Each returns 0, or writes a message of at most `length` bytes, its end included, and returns 1.

// The pixels of a PNG or JPEG image in memory.
int cimages_size(const uint8_t *bytes, size_t count, int *width, int *height, char *message, size_t length);

// Its pixels, [height, width, 3], red, green and blue; what is transparent lies on white. `pixels` has room for as many
// as `cimages_size` says.
int cimages_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, char *message, size_t length);
#endif
