// The C face of libtorch: tensors, autograd, operators. No decisions; every C++ exception is caught.
#ifndef CTORCH_H
#define CTORCH_H
#ifdef __cplusplus
extern "C" {
#endif

/// The libtorch version this was built with, such as "2.13.0".
const char *ctorch_version(void);

#ifdef __cplusplus
}
#endif
#endif
