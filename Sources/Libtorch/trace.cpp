// A computation written down as a TorchScript module.
#include "ctorch_trace.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include <memory>
#include <string>

#include "handle.h"

using namespace ctorch;
using torch::jit::Module;

namespace {

/// Where a dotted name leads: the module that owns the last part, and that part.
struct Place {
  Module owner;
  std::string name;
};

Module part_of(const std::shared_ptr<torch::jit::CompilationUnit> &unit, const char *type, bool numbered) {
  Module part(c10::QualifiedName(type), unit, numbered);
  part.register_attribute("training", c10::BoolType::get(), false);
  return part;
}

/// Makes the parts on the way that are missing.
Place place_of(
    Module owner, const std::string &name, const std::shared_ptr<torch::jit::CompilationUnit> &unit) {
  size_t start = 0;
  for (size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', start)) {
    std::string part = name.substr(start, dot - start);
    if (!owner.hasattr(part)) owner.register_module(part, part_of(unit, "__torch__.Part", true));
    owner = owner.attr(part).toModule();
    start = dot + 1;
  }
  return Place{owner, name.substr(start)};
}

}  // namespace

extern "C" {

int32_t ctorch_trace(
    const ctorch_owned *owned, intptr_t owned_count, const ctorch_tensor *example,
    ctorch_computation computation, void *context, const ctorch_text *texts, intptr_t text_count,
    const char *path) {
  return done([&] {
    at::NoGradGuard evaluation;
    auto unit = std::make_shared<torch::jit::CompilationUnit>();
    Module module = part_of(unit, "__torch__.Model", false);
    for (intptr_t i = 0; i < owned_count; i++) {
      Place place = place_of(module, owned[i].name, unit);
      if (owned[i].is_buffer) {
        place.owner.register_buffer(place.name, owned[i].tensor->value);
      } else {
        place.owner.register_parameter(place.name, owned[i].tensor->value, false);
      }
    }
    auto body = [&](torch::jit::Stack inputs) -> torch::jit::Stack {
      const ctorch_tensor *result = computation(context, new ctorch_tensor{inputs[0].toTensor()});
      TORCH_CHECK(result, "what is traced could not be computed");
      return {result->value};
    };
    auto traced = torch::jit::tracer::trace(
        {example->value}, body, [](const torch::autograd::Variable &) { return std::string(); }, true, false,
        &module, {"x"});
    auto *forward =
        unit->create_function(c10::QualifiedName(*module.type()->name(), "forward"), traced.first->graph);
    module.type()->addMethod(forward);
    for (intptr_t i = 0; i < owned_count; i++) {
      // Each in memory of its own, wherever it lay.
      Place place = place_of(module, owned[i].name, unit);
      at::Tensor copy = owned[i].tensor->value.detach().clone();
      if (!owned[i].is_buffer) copy.requires_grad_(true);
      place.owner.setattr(place.name, copy);
    }
    torch::jit::ExtraFilesMap extras;
    for (intptr_t i = 0; i < text_count; i++) {
      extras[texts[i].name] = std::string(texts[i].bytes, static_cast<size_t>(texts[i].count));
    }
    module.save(path, extras);
  });
}

}  // extern "C"
