// Batch normalization of a batch that is shared with others.
#include <ATen/TensorOperators.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/add.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/var_mean.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "handle.h"

using namespace ctorch;

namespace {

/// The caller's sum, kept as long as a graph may need it.
struct Summation final : torch::CustomClassHolder {
  ctorch_summation sum;
  void (*end)(void *);
  void *context;

  Summation(ctorch_summation sum, void (*end)(void *), void *context) : sum(sum), end(end), context(context) {}
  ~Summation() override { end(context); }

  void operator()(std::vector<double> &values) const {
    TORCH_CHECK(
        sum(context, values.data(), static_cast<intptr_t>(values.size())) >= 0,
        "the statistics of a shared batch could not be summed");
  }
};

/// All dimensions but the channels'.
std::vector<int64_t> others(const at::Tensor &x) {
  std::vector<int64_t> dimensions;
  for (int64_t dimension = 0; dimension < x.dim(); dimension++) {
    if (dimension != 1) dimensions.push_back(dimension);
  }
  return dimensions;
}

/// Numbers of the channels, in a shape that spreads over x.
at::Tensor spread(const at::Tensor &channels, const at::Tensor &x) {
  std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
  shape[1] = x.size(1);
  return channels.view(shape);
}

std::vector<double> numbers(const at::Tensor &channels) {
  at::Tensor values = channels.to(at::kCPU, at::kDouble).contiguous();
  const double *first = values.const_data_ptr<double>();
  return std::vector<double>(first, first + values.numel());
}

at::Tensor tensor(const double *values, const at::Tensor &like) {
  at::Tensor host = at::empty({like.size(1)}, at::kDouble);
  std::copy(values, values + like.size(1), host.mutable_data_ptr<double>());
  return host.to(like.options());
}

/// Ioffe and Szegedy, ICML 2015, Algorithm 1 and §3, the sums taken over all who share the batch.
struct SharedBatchNormalization : torch::autograd::Function<SharedBatchNormalization> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
      const at::Tensor &bias, at::Tensor running_mean, at::Tensor running_variance, double momentum,
      double epsilon, const c10::intrusive_ptr<Summation> &sum) {
    const int64_t channels = x.size(1);
    auto [own_variance, own_mean] = at::var_mean(x, others(x), /*correction=*/0, /*keepdim=*/false);
    std::vector<double> means = numbers(own_mean), variances = numbers(own_variance);
    const double own = static_cast<double>(x.numel()) / static_cast<double>(channels);
    // Values, their sums, and the sums of their squares.
    std::vector<double> sums(static_cast<size_t>(2 * channels + 1));
    sums[0] = own;
    for (int64_t c = 0; c < channels; c++) {
      sums[1 + c] = own * means[c];
      sums[1 + channels + c] = own * (variances[c] + means[c] * means[c]);
    }
    (*sum)(sums);
    const double count = sums[0];
    TORCH_CHECK(count >= 2, "a shared batch with one value a channel has no spread to divide by");
    std::vector<double> inverse(static_cast<size_t>(channels)), unbiased(static_cast<size_t>(channels));
    for (int64_t c = 0; c < channels; c++) {
      means[c] = sums[1 + c] / count;
      const double variance = std::max(0.0, sums[1 + channels + c] / count - means[c] * means[c]);
      inverse[c] = 1 / std::sqrt(variance + epsilon);
      unbiased[c] = variance * count / (count - 1);
    }
    at::Tensor mean = tensor(means.data(), x), scale = tensor(inverse.data(), x);
    running_mean.mul_(1 - momentum).add_(mean, momentum);
    running_variance.mul_(1 - momentum).add_(tensor(unbiased.data(), x), momentum);
    context->save_for_backward({x, weight, mean, scale});
    context->saved_data["count"] = count;
    context->saved_data["sum"] = c10::IValue::make_capsule(sum);
    at::Tensor factor = scale * weight;
    return x * spread(factor, x) + spread(bias - mean * factor, x);
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, const torch::autograd::variable_list &outputs) {
    auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &mean = saved[2], &scale = saved[3];
    const at::Tensor &gradient = outputs[0];
    const int64_t channels = x.size(1);
    at::Tensor normalized = (x - spread(mean, x)) * spread(scale, x);
    at::Tensor of_bias = gradient.sum(others(x)), of_weight = (gradient * normalized).sum(others(x));
    std::vector<double> sums = numbers(of_bias), products = numbers(of_weight);
    sums.insert(sums.end(), products.begin(), products.end());
    auto capsule = context->saved_data["sum"].toCapsule();
    (*c10::static_intrusive_pointer_cast<Summation>(capsule))(sums);
    const double count = context->saved_data["count"].toDouble();
    for (double &value : sums) value /= count;
    at::Tensor input = (gradient - spread(tensor(sums.data(), x), x)
                        - normalized * spread(tensor(sums.data() + channels, x), x))
        * spread(scale * weight, x);
    return {input, of_weight, of_bias, {}, {}, {}, {}, {}};
  }
};

}  // namespace

extern "C" {

ctorch_result ctorch_shared_batch_norm(
    const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
    ctorch_tensor *running_mean, ctorch_tensor *running_variance, double momentum, double epsilon,
    ctorch_summation sum, void (*release)(void *context), void *context) {
  return made([&] {
    auto summation = c10::make_intrusive<Summation>(sum, release, context);
    TORCH_CHECK(x->value.dim() >= 2, "the tensor has no channels to normalize");
    return SharedBatchNormalization::apply(
        x->value, weight->value, bias->value, running_mean->value, running_variance->value, momentum, epsilon,
        summation);
  });
}

}  // extern "C"
