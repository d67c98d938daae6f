#include "isolate/engine/array_buffers.h"

#include <utility>

namespace codecell::isolate {

ArrayBuffers::ArrayBuffers(std::shared_ptr<MemoryUse> use)
    : use_(std::move(use)), memory_(v8::ArrayBuffer::Allocator::NewDefaultAllocator()) {}

void* ArrayBuffers::Allocate(size_t length) {
  if (!use_->AddArrayBuffer(length, limit_)) return nullptr;
  void* data = memory_->Allocate(length);
  if (data == nullptr) use_->RemoveArrayBuffer(length);
  return data;
}

void* ArrayBuffers::AllocateUninitialized(size_t length) {
  if (!use_->AddArrayBuffer(length, limit_)) return nullptr;
  void* data = memory_->AllocateUninitialized(length);
  if (data == nullptr) use_->RemoveArrayBuffer(length);
  return data;
}

void ArrayBuffers::Free(void* data, size_t length) {
  memory_->Free(data, length);
  use_->RemoveArrayBuffer(length);
}

}  // namespace codecell::isolate
