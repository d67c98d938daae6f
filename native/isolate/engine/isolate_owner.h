#pragma once

#include <v8.h>

#include <cstddef>
#include <functional>
#include <memory>

#include "isolate/engine/array_buffers.h"
#include "isolate/engine/memory_use.h"
#include "isolate/engine/platform_link.h"
#include "isolate/engine/task_runner.h"

namespace codecell::isolate {

// Creates an isolate with its limits and disposes it. It lives on the isolate thread's stack;
// scopes must be gone before it is.
class IsolateOwner {
 public:
  // code_bytes: the address space for compiled code; 0 leaves it to the engine.
  IsolateOwner(size_t heap_bytes, std::shared_ptr<MemoryUse> memory, std::function<void()> wake,
               size_t code_bytes = 0);
  IsolateOwner(const IsolateOwner&) = delete;
  IsolateOwner& operator=(const IsolateOwner&) = delete;
  ~IsolateOwner();

  v8::Isolate* isolate() const { return isolate_; }
  TaskRunner& tasks() { return *tasks_; }
  ArrayBuffers& array_buffers() { return *array_buffers_; }

 private:
  const std::shared_ptr<TaskRunner> tasks_;
  const std::shared_ptr<ArrayBuffers> array_buffers_;
  v8::Isolate* const isolate_;
  PlatformLink platform_;
};

}  // namespace codecell::isolate
