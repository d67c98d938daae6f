#pragma once

#include <v8.h>

#include <atomic>
#include <cstddef>
#include <memory>

namespace codecell::isolate {

// The memory behind a cell's ArrayBuffers, counted and bounded. A request past the limit is
// refused, which the engine turns into a RangeError in the cell. The engine's helper threads may
// free.
class ArrayBuffers final : public v8::ArrayBuffer::Allocator {
 public:
  explicit ArrayBuffers(size_t limit_bytes);

  void* Allocate(size_t length) override;
  void* AllocateUninitialized(size_t length) override;
  void Free(void* data, size_t length) override;

  size_t peak_bytes() const { return peak_.load(std::memory_order_relaxed); }

 private:
  bool Reserve(size_t length);

  const size_t limit_;
  const std::unique_ptr<v8::ArrayBuffer::Allocator> memory_;
  std::atomic<size_t> used_{0};
  std::atomic<size_t> peak_{0};
};

}  // namespace codecell::isolate
