// Matrix products into given memory, by the faster of libtorch's two libraries.
#include "products.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>

namespace at::native {

/// result ← scale · result + factor · a · b by oneDNN. libtorch exports it but installs no header that
/// declares it; a build without it leaves this weak reference null.
__attribute__((weak)) void mkldnn_matmul(
    const Tensor &a, const Tensor &b, const Tensor &result, float scale, float factor);

}  // namespace at::native

namespace {

/// Whether oneDNN is the faster one on this processor, for large products.
///
/// MKL keeps its AVX-512 kernels to Intel's processors and gives AMD's an AVX2 one: on a Zen 4 core 97 to 100
/// GF/s, where oneDNN reaches 106 to 114. By the processor, not by a measurement, so that equal runs stay
/// equal bit for bit.
bool has_faster_onednn() {
#if defined(__x86_64__)
  static const bool answer = &at::native::mkldnn_matmul != nullptr && __builtin_cpu_is("amd")
      && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
      && __builtin_cpu_supports("avx512dq");
  return answer;
#else
  return false;
#endif
}

/// Multiplications from which oneDNN's greater cost of a call is paid back (measured between 2²² and 2²⁴).
constexpr int64_t large = 1 << 23;

bool uses_onednn(const at::Tensor &a, const at::Tensor &b) {
  return a.size(0) * a.size(1) * b.size(1) >= large && a.scalar_type() == at::kFloat
      && b.scalar_type() == at::kFloat && a.device().is_cpu() && b.device().is_cpu() && has_faster_onednn();
}

}  // namespace

void ctorch::multiply_into(at::Tensor &result, const at::Tensor &a, const at::Tensor &b, bool adding) {
  if (uses_onednn(a, b)) {
    at::native::mkldnn_matmul(a, b, result, adding ? 1.0F : 0.0F, 1.0F);
  } else if (adding) {
    result.addmm_(a, b);
  } else {
    at::mm_out(result, a, b);
  }
}

at::Tensor ctorch::multiplied(const at::Tensor &a, const at::Tensor &b) {
  auto result = at::empty({a.size(0), b.size(1)}, a.options());
  multiply_into(result, a, b, false);
  return result;
}

at::Tensor ctorch::linear(
    const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  bool fits = x.dim() >= 2 && weight.dim() == 2 && x.size(-1) == weight.size(1)
      && (!bias || (bias->dim() == 1 && bias->size(0) == weight.size(0)));
  // libtorch's own words for shapes that don't fit.
  if (!fits) return at::linear(x, weight, bias);
  at::Tensor rows = x.reshape({-1, x.size(-1)});
  if (!uses_onednn(rows, weight.t())) return at::linear(x, weight, bias);
  auto shape = x.sizes().vec();
  shape.back() = weight.size(0);
  auto result = at::empty({rows.size(0), weight.size(0)}, x.options());
  if (bias) result.copy_(bias->expand_as(result));
  multiply_into(result, rows, weight.t(), bias.has_value());
  return result.view(shape);
}
