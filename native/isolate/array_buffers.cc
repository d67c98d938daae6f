#include "isolate/array_buffers.h"

namespace codecell::isolate {

ArrayBuffers::ArrayBuffers(size_t limit_bytes)
    : limit_(limit_bytes), memory_(v8::ArrayBuffer::Allocator::NewDefaultAllocator()) {}

bool ArrayBuffers::Reserve(size_t length) {
  size_t used = used_.load(std::memory_order_relaxed);
  do {
    if (length > limit_ || used > limit_ - length) return false;
  } while (!used_.compare_exchange_weak(used, used + length, std::memory_order_relaxed));
  const size_t total = used + length;
  size_t peak = peak_.load(std::memory_order_relaxed);
  while (total > peak && !peak_.compare_exchange_weak(peak, total, std::memory_order_relaxed)) {
  }
  return true;
}

void* ArrayBuffers::Allocate(size_t length) {
  if (!Reserve(length)) return nullptr;
  void* data = memory_->Allocate(length);
  if (data == nullptr) used_.fetch_sub(length, std::memory_order_relaxed);
  return data;
}

void* ArrayBuffers::AllocateUninitialized(size_t length) {
  if (!Reserve(length)) return nullptr;
  void* data = memory_->AllocateUninitialized(length);
  if (data == nullptr) used_.fetch_sub(length, std::memory_order_relaxed);
  return data;
}

void ArrayBuffers::Free(void* data, size_t length) {
  memory_->Free(data, length);
  used_.fetch_sub(length, std::memory_order_relaxed);
}

}  // namespace codecell::isolate
