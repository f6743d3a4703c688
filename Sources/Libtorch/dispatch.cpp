// Operators by the names that libtorch's dispatcher knows them by, called with the values of a frame.
#include <ATen/ScalarOps.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/enum_tag.h>
#include <ATen/core/jit_type.h>
#include <ATen/ops/as_strided.h>
#include <ATen/ops/empty.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ctorch_dispatch.h"
#include "handle.h"

using namespace ctorch;

struct ctorch_frame {
  std::vector<c10::IValue> values;

  c10::IValue &at(intptr_t number) { return values.at(static_cast<size_t>(number)); }
  const c10::IValue &at(intptr_t number) const { return values.at(static_cast<size_t>(number)); }
};

struct ctorch_operator {
  c10::OperatorHandle handle;

  const c10::Argument &argument(intptr_t number) const {
    return handle.schema().arguments().at(static_cast<size_t>(number));
  }
};

namespace {

/// A `ctorch_argument` that owns what it holds.
struct Value {
  ctorch_argument_kind kind;
  int64_t integer;
  double number;
  std::string text;
  std::vector<Value> elements;

  explicit Value(const ctorch_argument &source)
      : kind(source.kind), integer(source.integer), number(source.number) {
    if (source.text) text = source.text;
    for (intptr_t place = 0; place < source.count; ++place) elements.emplace_back(source.elements[place]);
  }

  bool depends_on_frame() const {
    if (kind == CTORCH_REGISTER) return true;
    for (const Value &element : elements) {
      if (element.depends_on_frame()) return true;
    }
    return false;
  }
};

/// What Python makes of a value that an argument of this type is given: a number in the place of a tensor is
/// a tensor that takes no part in choosing the result's type, an integer is a floating-point number, one
/// extent is many.
c10::IValue adapted(const c10::TypePtr &type, std::optional<int32_t> count, c10::IValue value) {
  if (value.isNone()) return value;
  switch (type->kind()) {
  case c10::TypeKind::OptionalType:
    return adapted(type->expectRef<c10::OptionalType>().getElementType(), count, std::move(value));
  case c10::TypeKind::TensorType:
    return value.isTensor() ? value : at::native::wrapped_scalar_tensor(value.toScalar());
  case c10::TypeKind::FloatType:
    return value.isDouble() ? value : c10::IValue(value.toScalar().toDouble());
  case c10::TypeKind::ListType:
    if (!value.isList() && count) {
      auto element = type->expectRef<c10::ListType>().getElementType();
      c10::impl::GenericList list(element);
      for (int32_t place = 0; place < *count; ++place) list.push_back(adapted(element, std::nullopt, value));
      return list;
    }
    return value;
  default:
    return value;
  }
}

c10::IValue converted(
    const c10::TypePtr &type, std::optional<int32_t> count, const Value &value, const ctorch_frame *frame) {
  switch (value.kind) {
  case CTORCH_NONE: return {};
  case CTORCH_REGISTER: return adapted(type, count, frame->at(value.integer));
  case CTORCH_INTEGER: return adapted(type, count, value.integer);
  case CTORCH_NUMBER: return adapted(type, count, value.number);
  case CTORCH_BOOLEAN: return adapted(type, count, value.integer != 0);
  case CTORCH_TEXT: return value.text;
  case CTORCH_DEVICE:
    return value.integer == 0 ? at::Device(at::kCPU)
                              : at::Device(at::kCUDA, static_cast<int8_t>(value.number));
  case CTORCH_LIST: {
    c10::TypePtr whole = type;
    if (auto optional = whole->cast<c10::OptionalType>()) whole = optional->getElementType();
    auto list = whole->cast<c10::ListType>();
    TORCH_CHECK(list, "a list stands where ", type->str(), " is expected");
    c10::impl::GenericList elements(list->getElementType());
    for (const Value &element : value.elements) {
      elements.push_back(converted(list->getElementType(), std::nullopt, element, frame));
    }
    return elements;
  }
  case CTORCH_DEFAULT: break;
  }
  TORCH_CHECK(false, "an argument has neither a value nor a default");
}

}  // namespace

struct ctorch_call {
  c10::OperatorHandle handle;
  /// The arguments, those of a frame left out.
  torch::jit::Stack stack;
  /// The arguments that a frame has, by their places.
  std::vector<std::pair<size_t, Value>> open;
  std::vector<intptr_t> results, last;
};

extern "C" {

ctorch_operator *ctorch_operator_find(const char *name, const char *overload) {
  return caught<ctorch_operator *>(nullptr, [&] {
    return new ctorch_operator{c10::Dispatcher::singleton().findSchemaOrThrow(name, overload)};
  });
}

void ctorch_operator_release(ctorch_operator *found) { delete found; }

intptr_t ctorch_operator_argument_count(const ctorch_operator *found) {
  return static_cast<intptr_t>(found->handle.schema().arguments().size());
}

const char *ctorch_operator_argument_name(const ctorch_operator *found, intptr_t argument) {
  return found->argument(argument).name().c_str();
}

ctorch_sharing ctorch_operator_sharing(const ctorch_operator *found, intptr_t argument) {
  const c10::AliasInfo *alias = found->argument(argument).alias_info();
  if (!alias) return CTORCH_READS;
  return alias->isWrite() ? CTORCH_WRITES : CTORCH_VIEWS;
}

bool ctorch_operator_draws(const ctorch_operator *found) {
  return found->handle.hasTag(at::Tag::nondeterministic_seeded);
}

ctorch_call *ctorch_call_create(
    const ctorch_operator *found, const ctorch_argument *arguments, intptr_t count, const intptr_t *results,
    intptr_t result_count, const intptr_t *last, intptr_t last_count) {
  return caught<ctorch_call *>(nullptr, [&] {
    auto call = std::make_unique<ctorch_call>(ctorch_call{found->handle, {}, {}, {}, {}});
    for (intptr_t place = 0; place < count; ++place) {
      const c10::Argument &argument = found->argument(place);
      c10::IValue value;
      if (arguments[place].kind == CTORCH_DEFAULT) {
        TORCH_CHECK(argument.default_value(), "the argument ", argument.name(), " is missing");
        value = *argument.default_value();
      } else {
        Value own(arguments[place]);
        if (own.depends_on_frame()) {
          call->open.emplace_back(static_cast<size_t>(place), std::move(own));
        } else {
          value = converted(argument.type(), argument.N(), own, nullptr);
        }
      }
      call->stack.push_back(std::move(value));
    }
    call->results.assign(results, results + result_count);
    call->last.assign(last, last + last_count);
    return call.release();
  });
}

void ctorch_call_release(ctorch_call *call) { delete call; }

int32_t ctorch_call_run(const ctorch_call *call, ctorch_frame *frame) {
  return done([&] {
    torch::jit::Stack stack = call->stack;
    const auto &arguments = call->handle.schema().arguments();
    for (const auto &[place, value] : call->open) {
      stack[place] = converted(arguments[place].type(), arguments[place].N(), value, frame);
    }
    call->handle.callBoxed(stack);
    size_t next = 0;
    auto keep = [&](c10::IValue value) {
      TORCH_CHECK(next < call->results.size(), "more results than ", call->results.size());
      intptr_t number = call->results[next++];
      if (number >= 0) frame->at(number) = std::move(value);
    };
    for (c10::IValue &result : stack) {
      if (!result.isList()) {
        keep(std::move(result));
        continue;
      }
      for (const c10::IValue &element : result.toListRef()) keep(element);
    }
    TORCH_CHECK(next == call->results.size(), next, " results instead of ", call->results.size());
    for (intptr_t number : call->last) frame->at(number) = c10::IValue();
  });
}

ctorch_frame *ctorch_frame_create(intptr_t count) {
  return caught<ctorch_frame *>(nullptr, [&] {
    return new ctorch_frame{std::vector<c10::IValue>(static_cast<size_t>(count))};
  });
}

void ctorch_frame_release(ctorch_frame *frame) { delete frame; }

void ctorch_frame_clear(ctorch_frame *frame) {
  for (c10::IValue &value : frame->values) value = c10::IValue();
}

int32_t ctorch_frame_set_tensor(ctorch_frame *frame, intptr_t number, const ctorch_tensor *tensor) {
  return done([&] { frame->at(number) = tensor->value; });
}

int32_t ctorch_frame_set_scalar(ctorch_frame *frame, intptr_t number, ctorch_scalar scalar) {
  return done([&] {
    switch (scalar.kind) {
    case CTORCH_NUMBER: frame->at(number) = scalar.number; break;
    case CTORCH_BOOLEAN: frame->at(number) = scalar.integer != 0; break;
    default: frame->at(number) = scalar.integer;
    }
  });
}

ctorch_result ctorch_frame_tensor(const ctorch_frame *frame, intptr_t number) {
  return made([&] {
    const c10::IValue &value = frame->at(number);
    TORCH_CHECK(value.isTensor(), value.tagKind(), " stands where a tensor is expected");
    return value.toTensor();
  });
}

int32_t ctorch_frame_scalar(const ctorch_frame *frame, intptr_t number, ctorch_scalar *scalar) {
  return done([&] {
    const c10::IValue &value = frame->at(number);
    if (value.isBool()) {
      *scalar = {CTORCH_BOOLEAN, value.toBool(), 0};
    } else if (value.isInt()) {
      *scalar = {CTORCH_INTEGER, value.toInt(), 0};
    } else {
      TORCH_CHECK(value.isDouble(), value.tagKind(), " stands where a number is expected");
      *scalar = {CTORCH_NUMBER, 0, value.toDouble()};
    }
  });
}

ctorch_result ctorch_from_storage(
    const void *bytes, intptr_t size, int32_t type, const intptr_t *shape, const intptr_t *strides,
    intptr_t rank, intptr_t offset, ctorch_device device) {
  return made([&] {
    auto scalars = at::TensorOptions().dtype(static_cast<at::ScalarType>(type));
    intptr_t width = static_cast<intptr_t>(scalars.dtype().itemsize());
    at::Tensor flat = at::empty({size / width}, scalars);
    if (size > 0) std::memcpy(flat.data_ptr(), bytes, static_cast<size_t>(size / width * width));
    at::Tensor shaped = at::as_strided(flat, extents(shape, rank), extents(strides, rank), offset).contiguous();
    return device.kind == 0 ? shaped : shaped.to(at::Device(at::kCUDA, static_cast<int8_t>(device.index)));
  });
}

}  // extern "C"
