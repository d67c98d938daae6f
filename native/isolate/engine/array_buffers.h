#pragma once

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "isolate/engine/memory_use.h"

namespace codecell::isolate {

// The memory behind a cell's ArrayBuffers, counted and bounded. A request past the limit is
// refused, which the engine turns into a RangeError in the cell. The engine's helper threads may
// free.
class ArrayBuffers final : public v8::ArrayBuffer::Allocator {
 public:
  explicit ArrayBuffers(std::shared_ptr<MemoryUse> use);

  // Isolate thread. There is no limit before.
  void SetLimit(size_t bytes) { limit_ = bytes; }

  void* Allocate(size_t length) override;
  void* AllocateUninitialized(size_t length) override;
  void Free(void* data, size_t length) override;

 private:
  size_t limit_ = SIZE_MAX;
  const std::shared_ptr<MemoryUse> use_;
  const std::unique_ptr<v8::ArrayBuffer::Allocator> memory_;
};

}  // namespace codecell::isolate
