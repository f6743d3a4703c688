// Devices: how many, how much memory, how they compute, what goes there and what is drawn there.
#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <cstdlib>

#include "handle.h"

using namespace ctorch;

namespace {

constexpr int64_t word = 0xFFFFFFFF;

at::Tensor low(const at::Tensor &product) { return product.bitwise_and(word); }
at::Tensor high(const at::Tensor &product) { return product.__rshift__(32).bitwise_and(word); }

}  // namespace

extern "C" {

int32_t ctorch_cuda_device_count(void) {
  return caught<int32_t>(-1, [] {
    return at::globalContext().hasCUDA()
        ? static_cast<int32_t>(at::detail::getCUDAHooks().deviceCount())
        : 0;
  });
}

int32_t ctorch_synchronize(ctorch_device device) {
  return done([&] {
    if (device.kind == 0) return;
    c10::impl::VirtualGuardImpl guard(at::kCUDA);
    guard.synchronizeDevice(static_cast<c10::DeviceIndex>(device.index));
  });
}

int64_t ctorch_free_memory(ctorch_device device) {
  return caught<int64_t>(-1, [&]() -> int64_t {
    if (device.kind == 0) return 0;
    const auto index = static_cast<c10::DeviceIndex>(device.index);
    const auto stats = at::accelerator::getDeviceStats(index);
    const auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    const int64_t cached = stats.reserved_bytes[all].current - stats.allocated_bytes[all].current;
    return static_cast<int64_t>(at::accelerator::getMemoryInfo(index).first) + cached;
  });
}

int32_t ctorch_set_arithmetic(bool uses_tf32, bool is_deterministic) {
  return done([&] {
    auto &context = at::globalContext();
    context.setAllowTF32CuBLAS(uses_tf32);
    context.setAllowTF32CuDNN(uses_tf32);
    context.setBenchmarkCuDNN(false);
    context.setDeterministicCuDNN(is_deterministic);
    context.setDeterministicAlgorithms(is_deterministic, /*warn_only=*/false);
    // Filling what is not yet written would cost a pass over all new memory, and no operator here reads it.
    context.setDeterministicFillUninitializedMemory(false);
    // What cuBLAS wants to know before its first product; a user's own choice stands.
    if (is_deterministic) setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  });
}

ctorch_result ctorch_upload(const ctorch_tensor *tensor, ctorch_device device) {
  return made([&] {
    if (device.kind == 0) return tensor->value;
    // The allocator of pinned memory gives a block out again only once the copy from it is done.
    return tensor->value.pin_memory().to(place(device), /*non_blocking=*/true);
  });
}

ctorch_result ctorch_pinned_zeros(intptr_t count) {
  return made([&] { return at::zeros({count}, at::TensorOptions().dtype(at::kFloat).pinned_memory(true)); });
}

ctorch_result ctorch_keep_mask(
    const intptr_t *shape, intptr_t rank, ctorch_stream stream, uint64_t first, uint32_t threshold, double kept,
    ctorch_device device) {
  return made([&] {
    const auto sizes = extents(shape, rank);
    const int64_t count = c10::multiply_integers(sizes);
    const auto begin = static_cast<int64_t>(first / 4), skipped = static_cast<int64_t>(first % 4);
    const auto integers = at::TensorOptions().dtype(at::kLong).device(place(device));
    const auto blocks = at::arange((skipped + count + 3) / 4, integers).add_(begin);
    // Words of 32 bits in signed numbers of 64: a product wraps around to the right bits.
    auto x = low(blocks), y = high(blocks);
    auto z = at::full_like(x, static_cast<int64_t>(stream.index));
    auto w = at::full_like(x, static_cast<int64_t>(stream.purpose));
    auto key0 = static_cast<uint32_t>(stream.seed), key1 = static_cast<uint32_t>(stream.seed >> 32);
    for (int round = 0; round < 10; round++, key0 += 0x9E3779B9u, key1 += 0xBB67AE85u) {
      const auto first_product = x.mul(static_cast<int64_t>(0xD2511F53u));
      const auto second_product = z.mul(static_cast<int64_t>(0xCD9E8D57u));
      x = high(second_product).bitwise_xor_(y).bitwise_xor_(static_cast<int64_t>(key0));
      y = low(second_product);
      z = high(first_product).bitwise_xor_(w).bitwise_xor_(static_cast<int64_t>(key1));
      w = low(first_product);
    }
    const auto drawn = at::stack({x, y, z, w}, 1).flatten().narrow(0, skipped, count);
    return drawn.ge(static_cast<int64_t>(threshold)).to(at::kFloat).mul_(kept).reshape(sizes);
  });
}

}  // extern "C"
