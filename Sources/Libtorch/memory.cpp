// The process, lifetime, description and memory of tensors, and the operators that only move or view
// elements.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/zeros.h>
#include <torch/version.h>

#include <cstring>
#include <vector>

#include "handle.h"

using namespace ctorch;

namespace {

thread_local std::string last_error;

at::ScalarType scalar_type(ctorch_type type) {
  switch (type) {
    case CTORCH_FLOAT32: return at::kFloat;
    case CTORCH_FLOAT64: return at::kDouble;
    case CTORCH_INT64: return at::kLong;
    case CTORCH_INT32: return at::kInt;
    case CTORCH_UINT8: return at::kByte;
    case CTORCH_BOOL: return at::kBool;
  }
  TORCH_CHECK(false, "there is no scalar type ", static_cast<int32_t>(type));
}

at::TensorOptions options(ctorch_type type, ctorch_device device) {
  return at::TensorOptions().dtype(scalar_type(type)).device(place(device));
}

}  // namespace

void ctorch::remember(const char *message) noexcept {
  try {
    last_error = message;
  } catch (...) {
    last_error.clear();
  }
}

extern "C" {

// ---- The process ----

const char *ctorch_version(void) { return TORCH_VERSION; }
const char *ctorch_last_error(void) { return last_error.c_str(); }

int32_t ctorch_set_threads(int32_t count) {
  return done([&] { at::set_num_threads(count); });
}

int32_t ctorch_threads(void) {
  return caught<int32_t>(-1, [] { return at::get_num_threads(); });
}

// ---- Lifetime, description, memory ----

void ctorch_release(ctorch_tensor *tensor) { delete tensor; }
intptr_t ctorch_rank(const ctorch_tensor *tensor) { return tensor->value.dim(); }

void ctorch_shape(const ctorch_tensor *tensor, intptr_t *shape) {
  auto sizes = tensor->value.sizes();
  std::copy(sizes.begin(), sizes.end(), shape);
}

intptr_t ctorch_element_count(const ctorch_tensor *tensor) { return tensor->value.numel(); }

int32_t ctorch_scalar_type(const ctorch_tensor *tensor) {
  switch (tensor->value.scalar_type()) {
    case at::kFloat: return CTORCH_FLOAT32;
    case at::kDouble: return CTORCH_FLOAT64;
    case at::kLong: return CTORCH_INT64;
    case at::kInt: return CTORCH_INT32;
    case at::kByte: return CTORCH_UINT8;
    case at::kBool: return CTORCH_BOOL;
    default: return -1;
  }
}

ctorch_device ctorch_device_of(const ctorch_tensor *tensor) {
  auto device = tensor->value.device();
  return device.is_cpu() ? ctorch_device{0, 0} : ctorch_device{1, device.index()};
}

bool ctorch_is_contiguous(const ctorch_tensor *tensor) { return tensor->value.is_contiguous(); }

void *ctorch_data(const ctorch_tensor *tensor) {
  return caught<void *>(nullptr, [&] { return tensor->value.data_ptr(); });
}

ctorch_result ctorch_zeros(const intptr_t *shape, intptr_t rank, ctorch_type type, ctorch_device device) {
  return made([&] { return at::zeros(extents(shape, rank), options(type, device)); });
}

ctorch_result ctorch_full(
    const intptr_t *shape, intptr_t rank, double value, ctorch_type type, ctorch_device device) {
  return made([&] { return at::full(extents(shape, rank), value, options(type, device)); });
}

ctorch_result ctorch_arange(intptr_t count, ctorch_device device) {
  return made([&] { return at::arange(count, options(CTORCH_INT64, device)); });
}

ctorch_result ctorch_from_host(
    const void *source, const intptr_t *shape, intptr_t rank, ctorch_type type, ctorch_device device) {
  return made([&] {
    auto host = at::empty(extents(shape, rank), options(type, {0, 0}));
    std::memcpy(host.data_ptr(), source, host.nbytes());
    return device.kind == 0 ? host : host.to(place(device));
  });
}

ctorch_result ctorch_view_of_host(void *memory, const intptr_t *shape, intptr_t rank, ctorch_type type) {
  return made([&] { return at::from_blob(memory, extents(shape, rank), options(type, {0, 0})); });
}

int32_t ctorch_copy_to_host(const ctorch_tensor *source, void *memory, intptr_t bytes) {
  return done([&] {
    auto host = source->value.detach().to(at::kCPU).contiguous();
    TORCH_CHECK(
        static_cast<intptr_t>(host.nbytes()) == bytes, "the tensor has ", host.nbytes(),
        " bytes, the memory ", bytes);
    std::memcpy(memory, host.data_ptr(), host.nbytes());
  });
}

int32_t ctorch_copy_from_host_in_place(ctorch_tensor *destination, const void *memory, intptr_t bytes) {
  return done([&] {
    auto target = destination->value.detach();
    TORCH_CHECK(
        static_cast<intptr_t>(target.nbytes()) == bytes, "the tensor has ", target.nbytes(),
        " bytes, the memory ", bytes);
    target.copy_(
        at::from_blob(const_cast<void *>(memory), target.sizes(), target.options().device(at::kCPU)));
  });
}

int32_t ctorch_item(const ctorch_tensor *tensor, double *value) {
  return done([&] { *value = tensor->value.item().toDouble(); });
}

// ---- Shape, type and place ----

ctorch_result ctorch_reshape(const ctorch_tensor *tensor, const intptr_t *shape, intptr_t rank) {
  return made([&] { return tensor->value.reshape(extents(shape, rank)); });
}

ctorch_result ctorch_expand(const ctorch_tensor *tensor, const intptr_t *shape, intptr_t rank) {
  return made([&] { return tensor->value.expand(extents(shape, rank)); });
}

ctorch_result ctorch_flatten(const ctorch_tensor *tensor, intptr_t first, intptr_t last) {
  return made([&] { return tensor->value.flatten(first, last); });
}

ctorch_result ctorch_transpose(const ctorch_tensor *tensor, intptr_t first, intptr_t second) {
  return made([&] { return tensor->value.transpose(first, second); });
}

ctorch_result ctorch_permute(const ctorch_tensor *tensor, const intptr_t *dimensions, intptr_t rank) {
  return made([&] { return tensor->value.permute(extents(dimensions, rank)); });
}

ctorch_result ctorch_narrow(
    const ctorch_tensor *tensor, intptr_t dimension, intptr_t start, intptr_t length) {
  return made([&] { return tensor->value.narrow(dimension, start, length); });
}

ctorch_result ctorch_slice(
    const ctorch_tensor *tensor, intptr_t dimension, intptr_t start, intptr_t end, intptr_t step) {
  return made([&] { return tensor->value.slice(dimension, start, end, step); });
}

ctorch_result ctorch_select(const ctorch_tensor *tensor, intptr_t dimension, intptr_t index) {
  return made([&] { return tensor->value.select(dimension, index); });
}

ctorch_result ctorch_pad(const ctorch_tensor *tensor, const intptr_t *padding, intptr_t count) {
  return made([&] { return at::constant_pad_nd(tensor->value, extents(padding, count)); });
}

ctorch_result ctorch_concatenate(const ctorch_tensor *const *tensors, intptr_t count, intptr_t dimension) {
  return made([&] {
    std::vector<at::Tensor> parts;
    for (intptr_t part = 0; part < count; ++part) parts.push_back(tensors[part]->value);
    return at::cat(parts, dimension);
  });
}

int32_t ctorch_split(
    const ctorch_tensor *tensor, intptr_t count, intptr_t dimension, ctorch_tensor **parts) {
  return done([&] {
    TORCH_CHECK(count > 0, "expected at least one part, found ", count);
    auto chunks = tensor->value.chunk(count, dimension);
    TORCH_CHECK(
        static_cast<intptr_t>(chunks.size()) == count, "an extent of ", tensor->value.size(dimension),
        " gives ", chunks.size(), " parts, not ", count);
    for (intptr_t part = 0; part < count; ++part) parts[part] = new ctorch_tensor{std::move(chunks[part])};
  });
}

ctorch_result ctorch_index_select(
    const ctorch_tensor *tensor, intptr_t dimension, const ctorch_tensor *indices) {
  return made([&] { return at::index_select(tensor->value, dimension, indices->value); });
}

ctorch_result ctorch_contiguous(const ctorch_tensor *tensor) {
  return made([&] { return tensor->value.contiguous(); });
}

ctorch_result ctorch_channels_last(const ctorch_tensor *tensor) {
  return made([&] { return tensor->value.contiguous(at::MemoryFormat::ChannelsLast); });
}

ctorch_result ctorch_to_type(const ctorch_tensor *tensor, ctorch_type type) {
  return made([&] { return tensor->value.to(scalar_type(type)); });
}

ctorch_result ctorch_to_device(const ctorch_tensor *tensor, ctorch_device device) {
  return made([&] { return tensor->value.to(place(device)); });
}

ctorch_result ctorch_clone(const ctorch_tensor *tensor) {
  return made([&] { return tensor->value.clone(); });
}

}  // extern "C"
