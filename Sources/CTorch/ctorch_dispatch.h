// The C face of libtorch's dispatcher: operators by name. By the conventions of ctorch.h.
#ifndef CTORCH_DISPATCH_H
#define CTORCH_DISPATCH_H
#include "ctorch.h"
#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// An operator that the dispatcher knows.
typedef struct ctorch_operator ctorch_operator;
/// The operator `aten::add` and its overload `Tensor`, for example.
ctorch_operator *_Nullable ctorch_operator_find(const char *name, const char *overload);
void ctorch_operator_release(ctorch_operator *found);
intptr_t ctorch_operator_argument_count(const ctorch_operator *found);
/// Lives as long as the operator.
const char *ctorch_operator_argument_name(const ctorch_operator *found, intptr_t argument);
typedef enum : int32_t { CTORCH_READS, CTORCH_VIEWS, CTORCH_WRITES } ctorch_sharing;
/// What the schema says that it does to the memory of an argument: a result may be a view of it, or it is
/// written.
ctorch_sharing ctorch_operator_sharing(const ctorch_operator *found, intptr_t argument);
/// Whether it draws from libtorch's generator.
bool ctorch_operator_draws(const ctorch_operator *found);

/// The values of a computation, by number.
typedef struct ctorch_frame ctorch_frame;
ctorch_frame *_Nullable ctorch_frame_create(intptr_t count);
void ctorch_frame_release(ctorch_frame *frame);
void ctorch_frame_clear(ctorch_frame *frame);

typedef enum : int32_t {
  CTORCH_NONE, CTORCH_DEFAULT, CTORCH_REGISTER, CTORCH_INTEGER, CTORCH_NUMBER, CTORCH_BOOLEAN, CTORCH_TEXT,
  CTORCH_DEVICE, CTORCH_LIST,
} ctorch_argument_kind;
/// An argument as a call is made with it.
typedef struct ctorch_argument {
  ctorch_argument_kind kind;
  /// An integer, 0 or 1, the number of a value of the frame, or a device's kind.
  int64_t integer;
  /// Or a device's number.
  double number;
  const char *_Nullable text;
  const struct ctorch_argument *_Nullable elements;
  intptr_t count;
} ctorch_argument;
typedef struct {
  /// Of integer, number and boolean.
  ctorch_argument_kind kind;
  int64_t integer;
  double number;
} ctorch_scalar;
int32_t ctorch_frame_set_tensor(ctorch_frame *frame, intptr_t number, const ctorch_tensor *tensor);
int32_t ctorch_frame_set_scalar(ctorch_frame *frame, intptr_t number, ctorch_scalar scalar);
ctorch_result ctorch_frame_tensor(const ctorch_frame *frame, intptr_t number);
int32_t ctorch_frame_scalar(const ctorch_frame *frame, intptr_t number, ctorch_scalar *scalar);

/// An operator and its arguments.
typedef struct ctorch_call ctorch_call;
/// `arguments` are all of the schema's. The results, lists of them opened, go to the frame's `results`, -1
/// for nowhere; afterwards the frame forgets its values `last`.
ctorch_call *_Nullable ctorch_call_create(
    const ctorch_operator *found, const ctorch_argument *arguments, intptr_t count, const intptr_t *results,
    intptr_t result_count, const intptr_t *last, intptr_t last_count);
void ctorch_call_release(ctorch_call *call);
/// Recorded for `ctorch_backward` like any operator.
int32_t ctorch_call_run(const ctorch_call *call, ctorch_frame *frame);

/// The tensor of a shape, strides and offset, in elements, over the bytes of a storage, which are copied;
/// contiguous. `type` is libtorch's own number of any scalar type.
ctorch_result ctorch_from_storage(
    const void *_Nullable bytes, intptr_t size, int32_t type, const intptr_t *shape, const intptr_t *strides,
    intptr_t rank, intptr_t offset, ctorch_device device);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
#endif
