// What the C face's own files share: the handle, the conversion of arguments, and the one place that catches.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "ctorch.h"

/// A handle is a counted reference to libtorch's tensor.
struct ctorch_tensor {
  at::Tensor value;
};

namespace ctorch {

/// Keeps the message for `ctorch_last_error`.
void remember(const char *message) noexcept;

/// Runs `body`; an exception becomes the last error and `otherwise`.
template <class Result, class Body>
Result caught(Result otherwise, Body &&body) noexcept {
  try {
    return body();
  } catch (const c10::Error &error) {
    remember(error.what_without_backtrace());
  } catch (const std::exception &error) {
    remember(error.what());
  } catch (...) {
    remember("an exception that is no std::exception");
  }
  return otherwise;
}

/// A new handle for the tensor that `body` returns, or NULL.
template <class Body>
ctorch_result made(Body &&body) noexcept {
  return caught<ctorch_result>(nullptr, [&] { return new ctorch_tensor{body()}; });
}

/// 0 when `body` ran, or -1.
template <class Body>
int32_t done(Body &&body) noexcept {
  return caught<int32_t>(-1, [&] {
    body();
    return 0;
  });
}

inline at::IntArrayRef extents(const intptr_t *shape, intptr_t rank) {
  static_assert(sizeof(intptr_t) == sizeof(int64_t));
  return at::IntArrayRef(reinterpret_cast<const int64_t *>(shape), static_cast<size_t>(rank));
}

inline at::Device place(ctorch_device device) {
  return device.kind == 0 ? at::Device(at::kCPU)
                          : at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device.index));
}

inline std::optional<at::Tensor> optional(const ctorch_tensor *tensor) {
  return tensor ? std::optional<at::Tensor>(tensor->value) : std::nullopt;
}

}  // namespace ctorch
