// The C face of libtorch: tensors, operators, autograd. No decisions. The first call loads libtuner-torch.so, which has
// the functions; libtorch_functions.h lists them.
//
// Conventions. Every C++ exception is caught: a function that makes a tensor returns NULL, another a value
// below 0, and `ctorch_last_error` says why, on the thread that called. A tensor returned belongs to the
// caller, who gives it to `ctorch_release`; a tensor passed in is only read, except the first argument of a
// function whose name ends in `_in_place`. Shapes are arrays of `rank` extents. A dimension may be negative:
// counted from the last.
#ifndef CTORCH_H
#define CTORCH_H
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

typedef struct ctorch_tensor ctorch_tensor;
typedef ctorch_tensor *_Nullable ctorch_result;

typedef enum : int32_t {
  CTORCH_FLOAT32 = 0,
  CTORCH_FLOAT64 = 1,
  CTORCH_INT64 = 2,
  CTORCH_INT32 = 3,
  CTORCH_UINT8 = 4,
  CTORCH_BOOL = 5,
} ctorch_type;

typedef struct {
  /// 0 the CPU, 1 a CUDA (or ROCm) device.
  int32_t kind;
  /// The number of the device, 0 for the CPU.
  int32_t index;
} ctorch_device;

// ---- The process (memory.cpp) ----

/// The libtorch version this was built with, such as "2.13.0".
const char *ctorch_version(void);
/// What the last failed call on this thread said; "" when none failed.
const char *ctorch_last_error(void);
/// Threads of one operator (`at::set_num_threads`).
int32_t ctorch_set_threads(int32_t count);
int32_t ctorch_threads(void);
/// Tells glibc's allocator to keep freed memory for the next step instead of giving it back to the system,
/// which costs a page fault and a zeroed page each time. Does nothing with another C library.
static inline void ctorch_keep_freed_memory(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, -1);
#endif
}
/// Gives what was kept back to the system, once.
static inline void ctorch_release_freed_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

// ---- Devices (device.cpp) ----

/// GPUs that libtorch sees; 0 with a CPU build.
int32_t ctorch_cuda_device_count(void);
/// Waits for all work queued on the device.
int32_t ctorch_synchronize(ctorch_device device);
/// Bytes of the device's memory that nobody has, or that this process keeps for its next tensors; 0 for the CPU.
int64_t ctorch_free_memory(ctorch_device device);
/// How GPUs compute: with TF32 in matrix products and convolutions or in neither; with deterministic algorithms alone
/// or with any.
int32_t ctorch_set_arithmetic(bool uses_tf32, bool is_deterministic);
/// A copy on the device that is queued behind its work and waits for nothing, by way of pinned memory, so that the
/// tensor may be overwritten at once; the tensor itself where that is on the CPU and stays there.
ctorch_result ctorch_upload(const ctorch_tensor *tensor, ctorch_device device);
/// Floats in host memory that a GPU reads and writes by itself.
ctorch_result ctorch_pinned_zeros(intptr_t count);
/// A stream of Philox4x32-10, as in the kernels' `dropout_mask`.
typedef struct {
  uint64_t seed;
  uint32_t index;
  uint32_t purpose;
} ctorch_stream;
/// 0 where the stream's 32-bit number `first + i` is below `threshold`, else `kept`, made on the device: element for
/// element what `dropout_mask` makes.
ctorch_result ctorch_keep_mask(
    const intptr_t *shape, intptr_t rank, ctorch_stream stream, uint64_t first, uint32_t threshold, double kept,
    ctorch_device device);

// ---- Lifetime, description, memory (memory.cpp) ----

void ctorch_release(ctorch_tensor *tensor);
intptr_t ctorch_rank(const ctorch_tensor *tensor);
/// Writes `rank` extents.
void ctorch_shape(const ctorch_tensor *tensor, intptr_t *shape);
intptr_t ctorch_element_count(const ctorch_tensor *tensor);
/// The scalar type, or -1 for one that `ctorch_type` lacks.
int32_t ctorch_scalar_type(const ctorch_tensor *tensor);
ctorch_device ctorch_device_of(const ctorch_tensor *tensor);
bool ctorch_is_contiguous(const ctorch_tensor *tensor);
/// The first element, in host memory for a CPU tensor.
void *_Nullable ctorch_data(const ctorch_tensor *tensor);

ctorch_result ctorch_zeros(const intptr_t *shape, intptr_t rank, ctorch_type type, ctorch_device device);
ctorch_result ctorch_full(
    const intptr_t *shape, intptr_t rank, double value, ctorch_type type, ctorch_device device);
/// 0, 1 ... count - 1, as 64-bit integers.
ctorch_result ctorch_arange(intptr_t count, ctorch_device device);
/// A copy of host memory, contiguous.
ctorch_result ctorch_from_host(
    const void *source, const intptr_t *shape, intptr_t rank, ctorch_type type, ctorch_device device);
/// A CPU tensor over the caller's memory, which must outlive it and all its views.
ctorch_result ctorch_view_of_host(void *memory, const intptr_t *shape, intptr_t rank, ctorch_type type);
/// Copies all elements, in row-major order, to host memory of `bytes` bytes.
int32_t ctorch_copy_to_host(const ctorch_tensor *source, void *memory, intptr_t bytes);
/// Overwrites all elements, in row-major order, from host memory of `bytes` bytes.
int32_t ctorch_copy_from_host_in_place(ctorch_tensor *destination, const void *memory, intptr_t bytes);
/// The only element, as a double.
int32_t ctorch_item(const ctorch_tensor *tensor, double *value);

// ---- Shape, type and place (memory.cpp) ----

ctorch_result ctorch_reshape(const ctorch_tensor *tensor, const intptr_t *shape, intptr_t rank);
ctorch_result ctorch_expand(const ctorch_tensor *tensor, const intptr_t *shape, intptr_t rank);
ctorch_result ctorch_flatten(const ctorch_tensor *tensor, intptr_t first, intptr_t last);
ctorch_result ctorch_transpose(const ctorch_tensor *tensor, intptr_t first, intptr_t second);
ctorch_result ctorch_permute(const ctorch_tensor *tensor, const intptr_t *dimensions, intptr_t rank);
ctorch_result ctorch_narrow(const ctorch_tensor *tensor, intptr_t dimension, intptr_t start, intptr_t length);
ctorch_result ctorch_slice(
    const ctorch_tensor *tensor, intptr_t dimension, intptr_t start, intptr_t end, intptr_t step);
ctorch_result ctorch_select(const ctorch_tensor *tensor, intptr_t dimension, intptr_t index);
/// Zeros around; `padding` holds before and after of the last dimension first.
ctorch_result ctorch_pad(const ctorch_tensor *tensor, const intptr_t *padding, intptr_t count);
ctorch_result ctorch_concatenate(
    const ctorch_tensor *_Nonnull const *_Nonnull tensors, intptr_t count, intptr_t dimension);
/// Views of equal length along a dimension, into `parts`; the last may be shorter, and the array is filled
/// exactly.
int32_t ctorch_split(
    const ctorch_tensor *tensor, intptr_t count, intptr_t dimension,
    ctorch_tensor *_Nullable *_Nonnull parts);
ctorch_result ctorch_index_select(
    const ctorch_tensor *tensor, intptr_t dimension, const ctorch_tensor *indices);
ctorch_result ctorch_contiguous(const ctorch_tensor *tensor);
/// The same values, in memory channels last: `[batch, channels, height, width]` with the channels adjacent.
ctorch_result ctorch_channels_last(const ctorch_tensor *tensor);
ctorch_result ctorch_to_type(const ctorch_tensor *tensor, ctorch_type type);
ctorch_result ctorch_to_device(const ctorch_tensor *tensor, ctorch_device device);
ctorch_result ctorch_clone(const ctorch_tensor *tensor);

// ---- Arithmetic (operators.cpp) ----

/// The operators of `ctorch_binary`.
typedef enum : int32_t {
  CTORCH_ADD, CTORCH_SUBTRACT, CTORCH_MULTIPLY, CTORCH_DIVIDE, CTORCH_MATMUL, CTORCH_EQUAL, CTORCH_MAXIMUM,
} ctorch_binary_operator;
ctorch_result ctorch_binary(ctorch_binary_operator op, const ctorch_tensor *a, const ctorch_tensor *b);
/// `op` is one of add, subtract, multiply, divide.
ctorch_result ctorch_binary_scalar(ctorch_binary_operator op, const ctorch_tensor *a, double b);

/// The operators of `ctorch_unary`, elementwise.
typedef enum : int32_t {
  CTORCH_NEGATE, CTORCH_EXP, CTORCH_LOG, CTORCH_SQRT, CTORCH_SQUARE, CTORCH_ABSOLUTE, CTORCH_RELU,
  CTORCH_GELU_TANH, CTORCH_TANH, CTORCH_SIGMOID, CTORCH_SILU, CTORCH_LEAKY_RELU, CTORCH_ELU, CTORCH_MISH,
  CTORCH_IS_FINITE, CTORCH_SIGN,
} ctorch_unary_operator;
ctorch_result ctorch_unary(ctorch_unary_operator op, const ctorch_tensor *a);

ctorch_result ctorch_sum(const ctorch_tensor *a);
ctorch_result ctorch_mean(const ctorch_tensor *a);
ctorch_result ctorch_sum_along(const ctorch_tensor *a, intptr_t dimension, bool keep);
ctorch_result ctorch_mean_along(const ctorch_tensor *a, intptr_t dimension, bool keep);
/// The index of the largest element along a dimension, 64-bit integers.
ctorch_result ctorch_argmax(const ctorch_tensor *a, intptr_t dimension);
/// The Euclidean norm of all elements.
ctorch_result ctorch_norm(const ctorch_tensor *a);
/// The Euclidean norm of each tensor, `[count]`.
ctorch_result ctorch_norms(const ctorch_tensor *_Nonnull const *_Nonnull tensors, intptr_t count);

int32_t ctorch_fill_in_place(ctorch_tensor *a, double value);
int32_t ctorch_copy_in_place(ctorch_tensor *a, const ctorch_tensor *b);
/// a ← a + scale · b
int32_t ctorch_add_in_place(ctorch_tensor *a, const ctorch_tensor *b, double scale);
int32_t ctorch_multiply_in_place(ctorch_tensor *a, const ctorch_tensor *b);
int32_t ctorch_scale_in_place(ctorch_tensor *a, double factor);
int32_t ctorch_add_scalar_in_place(ctorch_tensor *a, double value);
/// a ← a + scale · b · c
int32_t ctorch_add_product_in_place(
    ctorch_tensor *a, const ctorch_tensor *b, const ctorch_tensor *c, double scale);
/// a ← a + scale · b / c
int32_t ctorch_add_quotient_in_place(
    ctorch_tensor *a, const ctorch_tensor *b, const ctorch_tensor *c, double scale);
/// a ← a + weight · (b − a)
int32_t ctorch_interpolate_in_place(ctorch_tensor *a, const ctorch_tensor *b, double weight);
int32_t ctorch_sqrt_in_place(ctorch_tensor *a);
int32_t ctorch_relu_in_place(ctorch_tensor *a);
/// a ← min(max(a, low), high)
int32_t ctorch_clamp_in_place(ctorch_tensor *a, double low, double high);

// ---- Layers (operators.cpp; ctorch_linear in autograd.cpp) ----

/// x · weightᵀ + bias. When the weight has a gradient sink, backward writes its gradient and the bias' there
/// directly.
ctorch_result ctorch_linear(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *_Nullable bias);
ctorch_result ctorch_conv2d(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *_Nullable bias, intptr_t stride,
    intptr_t padding);
ctorch_result ctorch_batch_norm(
    const ctorch_tensor *x, const ctorch_tensor *_Nullable weight, const ctorch_tensor *_Nullable bias,
    ctorch_tensor *running_mean, ctorch_tensor *running_variance, bool training, double momentum,
    double epsilon);
/// Adds up `count` numbers over all who share a batch; below 0 when that failed. Called on the thread that computes.
typedef int32_t (*ctorch_summation)(void *context, double *values, intptr_t count);
/// Batch normalization in training whose batch is shared with others, such as other processes: `sum` is called once
/// forward, and once backward. `context` is given to `release` when no backward pass can need it any more
/// (normalization.cpp).
ctorch_result ctorch_shared_batch_norm(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
    ctorch_tensor *running_mean, ctorch_tensor *running_variance, double momentum, double epsilon,
    ctorch_summation sum, void (*release)(void *context), void *context);
/// Over the last dimension.
ctorch_result ctorch_layer_norm(
    const ctorch_tensor *x, const ctorch_tensor *_Nullable weight, const ctorch_tensor *_Nullable bias,
    double epsilon);
/// Over the groups of dimension 1, `groups` of equal size, and all dimensions after it.
ctorch_result ctorch_group_norm(
    const ctorch_tensor *x, intptr_t groups, const ctorch_tensor *_Nullable weight,
    const ctorch_tensor *_Nullable bias, double epsilon);
/// Over the last dimension.
ctorch_result ctorch_rms_norm(const ctorch_tensor *x, const ctorch_tensor *_Nullable weight, double epsilon);
ctorch_result ctorch_embedding(const ctorch_tensor *weight, const ctorch_tensor *indices);
ctorch_result ctorch_max_pool2d(const ctorch_tensor *x, intptr_t kernel, intptr_t stride, intptr_t padding);
ctorch_result ctorch_avg_pool2d(const ctorch_tensor *x, intptr_t kernel, intptr_t stride, intptr_t padding);
ctorch_result ctorch_adaptive_avg_pool2d(const ctorch_tensor *x, intptr_t height, intptr_t width);
ctorch_result ctorch_softmax(const ctorch_tensor *x, intptr_t dimension);
ctorch_result ctorch_log_softmax(const ctorch_tensor *x, intptr_t dimension);
/// The mean over the rows.
ctorch_result ctorch_cross_entropy(
    const ctorch_tensor *logits, const ctorch_tensor *targets, double label_smoothing);
ctorch_result ctorch_mean_squared_error(const ctorch_tensor *a, const ctorch_tensor *b);
ctorch_result ctorch_attention(
    const ctorch_tensor *query, const ctorch_tensor *key, const ctorch_tensor *value, bool causal);

// ---- Autograd (autograd.cpp) ----

bool ctorch_requires_gradient(const ctorch_tensor *tensor);
int32_t ctorch_set_requires_gradient(ctorch_tensor *tensor, bool required);
ctorch_result ctorch_detach(const ctorch_tensor *tensor);
/// Gradients of the scalar `loss` with respect to all leaves that require one.
int32_t ctorch_backward(const ctorch_tensor *loss);
/// The gradient of a leaf; NULL without an error when it has none.
ctorch_result ctorch_gradient(const ctorch_tensor *leaf);
/// Forgets the gradient of a leaf, or sets it.
int32_t ctorch_set_gradient(ctorch_tensor *leaf, const ctorch_tensor *_Nullable gradient);
/// Turns the recording of operations on this thread on or off; returns what it was.
bool ctorch_set_recording(bool enabled);

/// Where backward puts the gradients of leaves: into given tensors, telling a callback when each is complete.
typedef struct ctorch_sinks ctorch_sinks;
/// Called on the thread that runs backward: the caller's for CPU tensors, one of libtorch's own for a GPU's.
typedef void (*ctorch_gradient_callback)(void *_Nullable context, intptr_t leaf);
ctorch_sinks *_Nullable ctorch_sinks_create(void);
void ctorch_sinks_release(ctorch_sinks *sinks);
/// Whether the next backward adds to what the sinks hold, instead of overwriting it.
void ctorch_sinks_set_accumulating(ctorch_sinks *sinks, bool accumulating);
void ctorch_sinks_set_callback(
    ctorch_sinks *sinks, ctorch_gradient_callback _Nullable callback, void *_Nullable context);
/// From now on, backward puts the gradient of `leaf` into `destination`, which has the same shape and stays
/// alive with the leaf, and then calls the sinks' callback with `number`. The leaf takes part in one
/// operation of a graph.
int32_t ctorch_sinks_attach(
    ctorch_sinks *sinks, ctorch_tensor *leaf, const ctorch_tensor *destination, intptr_t number);

// ---- Modules of others (script.cpp) ----

/// A TorchScript module.
typedef struct ctorch_module ctorch_module;
/// What `torch.jit.save` wrote, on a device. Its graphs run operator by operator from then on, in the whole process:
/// what the optimizing executor makes of them changes from call to call.
ctorch_module *_Nullable ctorch_module_load(const char *path, ctorch_device device);
void ctorch_module_release(ctorch_module *module);
/// The number of its parameters or of its buffers; a tensor with several names counts once.
intptr_t ctorch_module_count(const ctorch_module *module, bool buffers);
/// The first of a tensor's names, dotted; lives as long as the module.
const char *ctorch_module_name(const ctorch_module *module, bool buffers, intptr_t index);
ctorch_result ctorch_module_tensor(const ctorch_module *module, bool buffers, intptr_t index);
/// Puts a tensor in the place of a parameter or buffer, under all its names.
int32_t ctorch_module_set(ctorch_module *module, bool buffers, intptr_t index, const ctorch_tensor *tensor);
/// What its `forward` makes of one tensor.
ctorch_result ctorch_module_forward(ctorch_module *module, const ctorch_tensor *x, bool training);
/// Starts libtorch's generator, which is the process', at a seed, and keeps other threads from starting it before
/// `ctorch_generator_end`, which the same thread calls.
int32_t ctorch_generator_begin(uint64_t seed);
void ctorch_generator_end(void);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
#endif
