// The C face of HDF5: what the library makes macros of, as functions that Swift can call. No decisions.
#ifndef CHDF5_H
#define CHDF5_H
#include <hdf5.h>

static inline hid_t chdf5_float(void) { return H5T_NATIVE_FLOAT; }

#endif
