// Gradients: recording, backward, and sinks that gather the gradients of leaves in memory of the caller's
// choice.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/sum.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/graph_task.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include <memory>

#include "handle.h"
#include "products.h"

using namespace ctorch;

namespace {

/// What the sinks of a model share.
struct Collection {
  bool accumulating = false;
  ctorch_gradient_callback callback = nullptr;
  void *context = nullptr;
};

/// The sink of one leaf, which libtorch keeps with the leaf and calls when its gradient is complete.
///
/// libtorch's own way to gather gradients in one buffer, a `.grad` that is a view of it, adds to that view:
/// the buffer must be zeroed, then read and written again. Here an operator that can writes its gradient
/// straight into the sink, and the gradient of any other is copied once. A leaf that takes part in several
/// operations gets the sum of their gradients: the first that comes in a pass overwrites, the others add.
struct Sink final : torch::autograd::PostAccumulateGradHook {
  std::shared_ptr<Collection> sinks;
  at::Tensor destination;
  intptr_t number;
  /// The backward pass that wrote here last.
  int writer = -1;

  Sink(std::shared_ptr<Collection> sinks, at::Tensor destination, intptr_t number)
      : sinks(std::move(sinks)), destination(std::move(destination)), number(number) {}

  /// Whether what comes next is to be added to what is here. Asked once for each write.
  bool adds() {
    int pass = torch::autograd::get_current_graph_task_id();
    bool isFirst = writer != pass;
    writer = pass;
    return sinks->accumulating || !isFirst;
  }

  /// libtorch calls this once in a pass, when the gradients of all of the leaf's operations have come; also
  /// for a leaf whose operators all wrote into the sink themselves.
  void operator()(const at::Tensor &leaf) override {
    at::Tensor &gradient = leaf.mutable_grad();
    if (gradient.defined()) {
      if (adds()) {
        destination.add_(gradient);
      } else {
        destination.copy_(gradient);
      }
      gradient.reset();
    }
    if (sinks->callback) sinks->callback(sinks->context, number);
  }
};

/// Null when the leaf has none.
Sink *sink_of(const at::Tensor &leaf) {
  return leaf.requires_grad() && leaf.is_leaf()
      ? dynamic_cast<Sink *>(torch::autograd::impl::post_acc_grad_hooks(leaf).get())
      : nullptr;
}

/// A linear map whose backward writes the gradients of weight and bias into their sinks. The bias comes first:
/// in this order libtorch calls the sinks, last layer's parameters first, as they are exchanged.
struct LinearIntoSinks : torch::autograd::Function<LinearIntoSinks> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &x,
      const std::optional<at::Tensor> &bias, const at::Tensor &weight) {
    context->save_for_backward({x, weight, bias ? *bias : at::Tensor()});
    return ctorch::linear(x, weight, bias);
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, const torch::autograd::variable_list &outputs) {
    auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &bias = saved[2];
    at::Tensor gradient = outputs[0].reshape({-1, weight.size(0)});
    at::Tensor input;
    if (context->needs_input_grad(0)) input = multiplied(gradient, weight).view(x.sizes());
    // Weight and bias last: libtorch then calls their sinks at once, while their memory is in the cache.
    if (bias.defined()) {
      Sink *sink = sink_of(bias);
      TORCH_CHECK(sink, "the bias of a linear layer lost its gradient sink before the backward pass");
      if (sink->adds()) {
        sink->destination.add_(gradient.sum(0));
      } else {
        at::sum_out(sink->destination, gradient, 0);
      }
    }
    Sink *sink = sink_of(weight);
    TORCH_CHECK(sink, "the weight of a linear layer lost its gradient sink before the backward pass");
    at::Tensor rows = x.reshape({-1, weight.size(1)});
    multiply_into(sink->destination, gradient.t(), rows, sink->adds());
    return {input, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

/// A counted reference, so that leaves may outlive their owner's handle, and the handle the leaves.
struct ctorch_sinks {
  std::shared_ptr<Collection> collection;
};

extern "C" {

ctorch_result ctorch_linear(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias) {
  return made([&] {
    bool direct = at::GradMode::is_enabled() && weight->value.dim() == 2 && sink_of(weight->value) != nullptr
        && (bias == nullptr || sink_of(bias->value) != nullptr);
    if (direct) return LinearIntoSinks::apply(x->value, optional(bias), weight->value);
    bool recorded = at::GradMode::is_enabled()
        && (x->value.requires_grad() || weight->value.requires_grad()
            || (bias && bias->value.requires_grad()));
    // A trace knows libtorch's own operators alone.
    return recorded || torch::jit::tracer::isTracing() ? at::linear(x->value, weight->value, optional(bias))
                    : ctorch::linear(x->value, weight->value, optional(bias));
  });
}

bool ctorch_requires_gradient(const ctorch_tensor *tensor) { return tensor->value.requires_grad(); }

int32_t ctorch_set_requires_gradient(ctorch_tensor *tensor, bool required) {
  return done([&] { tensor->value.requires_grad_(required); });
}

ctorch_result ctorch_detach(const ctorch_tensor *tensor) {
  return made([&] { return tensor->value.detach(); });
}

int32_t ctorch_backward(const ctorch_tensor *loss) {
  return done([&] { loss->value.backward(); });
}

ctorch_result ctorch_gradient(const ctorch_tensor *leaf) {
  remember("");
  return caught<ctorch_result>(nullptr, [&]() -> ctorch_result {
    const at::Tensor &gradient = leaf->value.grad();
    return gradient.defined() ? new ctorch_tensor{gradient} : nullptr;
  });
}

int32_t ctorch_set_gradient(ctorch_tensor *leaf, const ctorch_tensor *gradient) {
  return done([&] {
    if (gradient) {
      leaf->value.mutable_grad() = gradient->value;
    } else {
      leaf->value.mutable_grad().reset();
    }
  });
}

bool ctorch_set_recording(bool enabled) {
  bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(enabled);
  return before;
}

ctorch_sinks *ctorch_sinks_create(void) {
  return caught<ctorch_sinks *>(nullptr, [] { return new ctorch_sinks{std::make_shared<Collection>()}; });
}

void ctorch_sinks_release(ctorch_sinks *sinks) { delete sinks; }

void ctorch_sinks_set_accumulating(ctorch_sinks *sinks, bool accumulating) {
  sinks->collection->accumulating = accumulating;
}

void ctorch_sinks_set_callback(ctorch_sinks *sinks, ctorch_gradient_callback callback, void *context) {
  sinks->collection->callback = callback;
  sinks->collection->context = context;
}

int32_t ctorch_sinks_attach(
    ctorch_sinks *sinks, ctorch_tensor *leaf, const ctorch_tensor *destination, intptr_t number) {
  return done([&] {
    TORCH_CHECK(
        leaf->value.is_leaf() && leaf->value.requires_grad(),
        "only a leaf that requires a gradient has a sink");
    TORCH_CHECK(
        leaf->value.sizes() == destination->value.sizes(), "the leaf has shape ", leaf->value.sizes(),
        ", its sink ", destination->value.sizes());
    torch::autograd::impl::set_post_acc_grad_hooks(
        leaf->value, std::make_unique<Sink>(sinks->collection, destination->value, number));
  });
}

}  // extern "C"
