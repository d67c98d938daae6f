#include "isolate/engine/isolate_owner.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace codecell::isolate {

namespace {

// What the engine chooses for a heap of 256 MiB collects so often that code which makes many small
// objects takes a fifth longer than in Node; more than this is no faster, and costs memory.
constexpr size_t kYoungBytes = size_t{12} << 20;
constexpr size_t kYoungShare = 16;  // Of the heap, at most.

}  // namespace

IsolateOwner::IsolateOwner(size_t heap_bytes, std::shared_ptr<MemoryUse> memory,
                           std::function<void()> wake, size_t code_bytes)
    : tasks_(std::make_shared<TaskRunner>(std::move(wake))),
      array_buffers_(std::make_shared<ArrayBuffers>(std::move(memory))),
      isolate_(v8::Isolate::Allocate()),
      // The engine asks for the task runner while it initializes the isolate.
      platform_(isolate_, tasks_) {
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator_shared = array_buffers_;
  params.constraints.ConfigureDefaultsFromHeapSize(0, heap_bytes);
  params.constraints.set_max_young_generation_size_in_bytes(
      std::max(params.constraints.max_young_generation_size_in_bytes(),
               std::min(kYoungBytes, heap_bytes / kYoungShare)));
  if (code_bytes > 0) params.constraints.set_code_range_size_in_bytes(code_bytes);
  params.allow_atomics_wait = false;
  v8::Isolate::Initialize(isolate_, params);
  isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
}

IsolateOwner::~IsolateOwner() {
  tasks_->Close();
  platform_.DisposeIsolate();
}

}  // namespace codecell::isolate
