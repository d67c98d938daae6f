#pragma once

#include <v8.h>

#include <cstddef>
#include <memory>

#include "isolate/memory_use.h"

namespace codecell::isolate {

// The memory behind a cell's ArrayBuffers, counted and bounded. A request past the limit is
// refused, which the engine turns into a RangeError in the cell. The engine's helper threads may
// free.
class ArrayBuffers final : public v8::ArrayBuffer::Allocator {
 public:
  ArrayBuffers(size_t limit_bytes, std::shared_ptr<MemoryUse> use);

  void* Allocate(size_t length) override;
  void* AllocateUninitialized(size_t length) override;
  void Free(void* data, size_t length) override;

 private:
  const size_t limit_;
  const std::shared_ptr<MemoryUse> use_;
  const std::unique_ptr<v8::ArrayBuffer::Allocator> memory_;
};

}  // namespace codecell::isolate
