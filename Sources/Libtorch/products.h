// Matrix products that no gradient is recorded of.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace ctorch {

/// result ← a · b, or result + a · b. All of two dimensions; `result` contiguous.
void multiply_into(at::Tensor &result, const at::Tensor &a, const at::Tensor &b, bool adding);

/// a · b.
at::Tensor multiplied(const at::Tensor &a, const at::Tensor &b);

/// x · weightᵀ + bias.
at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias);

}  // namespace ctorch
