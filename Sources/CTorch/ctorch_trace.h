// The C face of libtorch's tracer: a computation written down as a TorchScript module. By the conventions of ctorch.h.
#ifndef CTORCH_TRACE_H
#define CTORCH_TRACE_H
#include "ctorch.h"
#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// A tensor that a module owns.
typedef struct {
  /// Dotted, such as `layers.0.weight`.
  const char *name;
  const ctorch_tensor *tensor;
  bool is_buffer;
} ctorch_owned;
/// A text that a file holds beside the module.
typedef struct {
  const char *name;
  const char *bytes;
  intptr_t count;
} ctorch_text;
/// Computes with a tensor, which it takes over, and the module's own; lends what came out until the next call, NULL
/// when it failed.
typedef const ctorch_tensor *_Nullable (*ctorch_computation)(void *_Nullable context, ctorch_tensor *x);
/// Writes a module that owns copies of `owned`, and whose `forward` does what `computation` does with `example` and
/// with those very tensors; all other tensors become constants.
int32_t ctorch_trace(
    const ctorch_owned *owned, intptr_t owned_count, const ctorch_tensor *example,
    ctorch_computation computation, void *_Nullable context, const ctorch_text *texts, intptr_t text_count,
    const char *path);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
#endif
