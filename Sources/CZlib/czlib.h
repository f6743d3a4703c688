// The C face of zlib, which unpacks gzip data sets. No decisions.
#ifndef CZLIB_H
#define CZLIB_H
#include <zlib.h>
#endif
