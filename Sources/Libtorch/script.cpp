// TorchScript modules of others: their tensors by name, and their forward pass.
#include <ATen/Context.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/python/update_graph_executor_opt.h>
#include <torch/csrc/jit/serialization/import.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "handle.h"

using namespace ctorch;

namespace {

/// Whoever holds it draws from the process' generator.
std::mutex generator;

/// A tensor of a module and its names: several where parts of the module share it.
struct Named {
  std::vector<std::string> names;
  at::Tensor tensor;
};

void collect(std::vector<Named> &all, const std::string &name, const at::Tensor &tensor) {
  for (Named &known : all) {
    // A file keeps that memory is shared, not that a tensor is.
    bool isSame = tensor.numel() > 0 && known.tensor.const_data_ptr() == tensor.const_data_ptr()
        && known.tensor.sizes() == tensor.sizes() && known.tensor.strides() == tensor.strides();
    if (isSame) return known.names.push_back(name);
  }
  all.push_back(Named{{name}, tensor});
}

void set(const torch::jit::Module &module, const std::string &name, const at::Tensor &tensor) {
  torch::jit::Module owner = module;
  size_t start = 0;
  for (size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', start)) {
    owner = owner.attr(name.substr(start, dot - start)).toModule();
    start = dot + 1;
  }
  owner.setattr(name.substr(start), tensor);
}

}  // namespace

struct ctorch_module {
  torch::jit::Module module;
  std::vector<Named> parameters, buffers;

  std::vector<Named> &all(bool wanted) { return wanted ? buffers : parameters; }
  const std::vector<Named> &all(bool wanted) const { return wanted ? buffers : parameters; }
};

extern "C" {

ctorch_module *ctorch_module_load(const char *path, ctorch_device device) {
  return caught<ctorch_module *>(nullptr, [&] {
    at::Device place =
        device.kind == 0 ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<int8_t>(device.index));
    auto loaded = std::make_unique<ctorch_module>();
    loaded->module = torch::jit::load(path, place);
    for (const auto &item : loaded->module.named_parameters()) {
      collect(loaded->parameters, item.name, item.value);
    }
    for (const auto &item : loaded->module.named_buffers()) collect(loaded->buffers, item.name, item.value);
    return loaded.release();
  });
}

void ctorch_module_release(ctorch_module *module) { delete module; }

intptr_t ctorch_module_count(const ctorch_module *module, bool buffers) {
  return static_cast<intptr_t>(module->all(buffers).size());
}

const char *ctorch_module_name(const ctorch_module *module, bool buffers, intptr_t index) {
  return module->all(buffers)[static_cast<size_t>(index)].names[0].c_str();
}

ctorch_result ctorch_module_tensor(const ctorch_module *module, bool buffers, intptr_t index) {
  return made([&] { return module->all(buffers)[static_cast<size_t>(index)].tensor; });
}

int32_t ctorch_module_set(ctorch_module *module, bool buffers, intptr_t index, const ctorch_tensor *tensor) {
  return done([&] {
    Named &named = module->all(buffers)[static_cast<size_t>(index)];
    for (const std::string &name : named.names) set(module->module, name, tensor->value);
    named.tensor = tensor->value;
  });
}

ctorch_result ctorch_module_forward(ctorch_module *module, const ctorch_tensor *x, bool training) {
  return made([&] {
    // Of this thread.
    torch::jit::setGraphExecutorOptimize(false);
    if (module->module.is_training() != training) module->module.train(training);
    c10::IValue output = module->module.forward({x->value});
    TORCH_CHECK(output.isTensor(), "forward returned ", output.tagKind(), " instead of a tensor");
    return output.toTensor();
  });
}

int32_t ctorch_generator_begin(uint64_t seed) {
  return done([&] {
    std::unique_lock<std::mutex> lock(generator);
    at::manual_seed(seed);
    lock.release();
  });
}

void ctorch_generator_end(void) { generator.unlock(); }

}  // extern "C"
