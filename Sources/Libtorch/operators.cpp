// Arithmetic and the layers of neural networks.
#include <ATen/Parallel.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/mish.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/stack.h>

#include <vector>

#include "handle.h"

using namespace ctorch;

extern "C" {

// ---- Arithmetic ----

ctorch_result ctorch_binary(ctorch_binary_operator op, const ctorch_tensor *a, const ctorch_tensor *b) {
  return made([&]() -> at::Tensor {
    switch (op) {
      case CTORCH_ADD: return a->value.add(b->value);
      case CTORCH_SUBTRACT: return a->value.sub(b->value);
      case CTORCH_MULTIPLY: return a->value.mul(b->value);
      case CTORCH_DIVIDE: return a->value.div(b->value);
      case CTORCH_MATMUL: return a->value.matmul(b->value);
      case CTORCH_EQUAL: return a->value.eq(b->value);
      case CTORCH_MAXIMUM: return at::maximum(a->value, b->value);
    }
    TORCH_CHECK(false, "there is no binary operator ", static_cast<int32_t>(op));
  });
}

ctorch_result ctorch_binary_scalar(ctorch_binary_operator op, const ctorch_tensor *a, double b) {
  return made([&]() -> at::Tensor {
    switch (op) {
      case CTORCH_ADD: return a->value.add(b);
      case CTORCH_SUBTRACT: return a->value.sub(b);
      case CTORCH_MULTIPLY: return a->value.mul(b);
      case CTORCH_DIVIDE: return a->value.div(b);
      default: TORCH_CHECK(false, "operator ", static_cast<int32_t>(op), " takes no scalar");
    }
  });
}

ctorch_result ctorch_unary(ctorch_unary_operator op, const ctorch_tensor *a) {
  return made([&]() -> at::Tensor {
    switch (op) {
      case CTORCH_NEGATE: return a->value.neg();
      case CTORCH_EXP: return a->value.exp();
      case CTORCH_LOG: return a->value.log();
      case CTORCH_SQRT: return a->value.sqrt();
      case CTORCH_SQUARE: return a->value.square();
      case CTORCH_ABSOLUTE: return a->value.abs();
      case CTORCH_RELU: return a->value.relu();
      case CTORCH_GELU_TANH: return at::gelu(a->value, "tanh");
      case CTORCH_TANH: return a->value.tanh();
      case CTORCH_SIGMOID: return a->value.sigmoid();
      case CTORCH_SILU: return at::silu(a->value);
      case CTORCH_LEAKY_RELU: return at::leaky_relu(a->value);
      case CTORCH_ELU: return at::elu(a->value);
      case CTORCH_MISH: return at::mish(a->value);
      case CTORCH_IS_FINITE: return a->value.isfinite();
      case CTORCH_SIGN: return a->value.sign();
    }
    TORCH_CHECK(false, "there is no unary operator ", static_cast<int32_t>(op));
  });
}

ctorch_result ctorch_sum(const ctorch_tensor *a) {
  return made([&] { return a->value.sum(); });
}

ctorch_result ctorch_mean(const ctorch_tensor *a) {
  return made([&] { return a->value.mean(); });
}

ctorch_result ctorch_sum_along(const ctorch_tensor *a, intptr_t dimension, bool keep) {
  return made([&] { return a->value.sum(dimension, keep); });
}

ctorch_result ctorch_mean_along(const ctorch_tensor *a, intptr_t dimension, bool keep) {
  return made([&] { return a->value.mean(dimension, keep); });
}

ctorch_result ctorch_argmax(const ctorch_tensor *a, intptr_t dimension) {
  return made([&] { return a->value.argmax(dimension); });
}

ctorch_result ctorch_norm(const ctorch_tensor *a) {
  return made([&] { return at::linalg_vector_norm(a->value); });
}

ctorch_result ctorch_norms(const ctorch_tensor *const *tensors, intptr_t count) {
  return made([&] {
    std::vector<at::Tensor> parts;
    for (intptr_t part = 0; part < count; ++part) parts.push_back(tensors[part]->value);
    return at::stack(at::_foreach_norm(parts));
  });
}

int32_t ctorch_fill_in_place(ctorch_tensor *a, double value) {
  return done([&] { a->value.fill_(value); });
}

int32_t ctorch_copy_in_place(ctorch_tensor *a, const ctorch_tensor *b) {
  return done([&] { a->value.copy_(b->value); });
}

int32_t ctorch_add_in_place(ctorch_tensor *a, const ctorch_tensor *b, double scale) {
  return done([&] { a->value.add_(b->value, scale); });
}

int32_t ctorch_multiply_in_place(ctorch_tensor *a, const ctorch_tensor *b) {
  return done([&] { a->value.mul_(b->value); });
}

int32_t ctorch_scale_in_place(ctorch_tensor *a, double factor) {
  return done([&] { a->value.mul_(factor); });
}

int32_t ctorch_add_scalar_in_place(ctorch_tensor *a, double value) {
  return done([&] { a->value.add_(value); });
}

int32_t ctorch_add_product_in_place(
    ctorch_tensor *a, const ctorch_tensor *b, const ctorch_tensor *c, double scale) {
  return done([&] { a->value.addcmul_(b->value, c->value, scale); });
}

int32_t ctorch_add_quotient_in_place(
    ctorch_tensor *a, const ctorch_tensor *b, const ctorch_tensor *c, double scale) {
  return done([&] { a->value.addcdiv_(b->value, c->value, scale); });
}

int32_t ctorch_interpolate_in_place(ctorch_tensor *a, const ctorch_tensor *b, double weight) {
  return done([&] { a->value.lerp_(b->value, weight); });
}

int32_t ctorch_sqrt_in_place(ctorch_tensor *a) {
  return done([&] { a->value.sqrt_(); });
}

int32_t ctorch_relu_in_place(ctorch_tensor *a) {
  return done([&] { a->value.relu_(); });
}

int32_t ctorch_clamp_in_place(ctorch_tensor *a, double low, double high) {
  return done([&] { a->value.clamp_(low, high); });
}

// ---- Layers ----

ctorch_result ctorch_conv2d(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias, intptr_t stride,
    intptr_t padding) {
  return made([&] { return at::conv2d(x->value, weight->value, optional(bias), stride, padding); });
}

ctorch_result ctorch_batch_norm(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
    ctorch_tensor *running_mean, ctorch_tensor *running_variance, bool training, double momentum,
    double epsilon) {
  return made([&] {
    return at::batch_norm(
        x->value, optional(weight), optional(bias), running_mean->value, running_variance->value, training,
        momentum, epsilon, /*cudnn_enabled=*/true);
  });
}

ctorch_result ctorch_layer_norm(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias, double epsilon) {
  return made([&] {
    TORCH_CHECK(x->value.dim() > 0, "the tensor has no dimension to normalize");
    auto width = x->value.sizes().slice(x->value.dim() - 1);
    return at::layer_norm(x->value, width, optional(weight), optional(bias), epsilon);
  });
}

ctorch_result ctorch_group_norm(
    const ctorch_tensor *x, intptr_t groups, const ctorch_tensor *weight, const ctorch_tensor *bias,
    double epsilon) {
  return made([&] { return at::group_norm(x->value, groups, optional(weight), optional(bias), epsilon); });
}

ctorch_result ctorch_rms_norm(const ctorch_tensor *x, const ctorch_tensor *weight, double epsilon) {
  return made([&] {
    TORCH_CHECK(x->value.dim() > 0, "the tensor has no dimension to normalize");
    auto width = x->value.sym_sizes().slice(x->value.dim() - 1);
    return at::rms_norm_symint(x->value, width, optional(weight), epsilon);
  });
}

ctorch_result ctorch_embedding(const ctorch_tensor *weight, const ctorch_tensor *indices) {
  return made([&] { return at::embedding(weight->value, indices->value); });
}

ctorch_result ctorch_max_pool2d(const ctorch_tensor *x, intptr_t kernel, intptr_t stride, intptr_t padding) {
  return made([&] { return at::max_pool2d(x->value, kernel, stride, padding); });
}

ctorch_result ctorch_avg_pool2d(const ctorch_tensor *x, intptr_t kernel, intptr_t stride, intptr_t padding) {
  return made([&] { return at::avg_pool2d(x->value, kernel, stride, padding); });
}

ctorch_result ctorch_adaptive_avg_pool2d(const ctorch_tensor *x, intptr_t height, intptr_t width) {
  return made([&] { return at::adaptive_avg_pool2d(x->value, {height, width}); });
}

ctorch_result ctorch_softmax(const ctorch_tensor *x, intptr_t dimension) {
  return made([&] { return x->value.softmax(dimension); });
}

ctorch_result ctorch_log_softmax(const ctorch_tensor *x, intptr_t dimension) {
  return made([&] { return x->value.log_softmax(dimension); });
}

ctorch_result ctorch_cross_entropy(
    const ctorch_tensor *logits, const ctorch_tensor *targets, double label_smoothing) {
  return made([&] {
    return at::cross_entropy_loss(
        logits->value, targets->value, {}, at::Reduction::Mean, -100, label_smoothing);
  });
}

ctorch_result ctorch_mean_squared_error(const ctorch_tensor *a, const ctorch_tensor *b) {
  return made([&] { return at::mse_loss(a->value, b->value); });
}

ctorch_result ctorch_attention(
    const ctorch_tensor *query, const ctorch_tensor *key, const ctorch_tensor *value, bool causal) {
  return made([&] {
    return at::scaled_dot_product_attention(query->value, key->value, value->value, {}, 0.0, causal);
  });
}

}  // extern "C"
