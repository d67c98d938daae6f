#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace codecell::isolate {

// Bytes a cell holds, as last measured; any thread may read them. The cell's thread writes those of
// the heap; the engine's helper threads may free ArrayBuffers.
class MemoryUse {
 public:
  // `external`: what the engine holds outside its heap for objects inside it.
  void SetHeap(size_t used, size_t external) {
    heap_.store(used, std::memory_order_relaxed);
    external_.store(external, std::memory_order_relaxed);
    Raise(heap_peak_, used);
  }
  // False, and nothing is counted: it would pass the limit.
  bool AddArrayBuffer(size_t bytes, size_t limit) {
    size_t used = array_buffers_.load(std::memory_order_relaxed);
    do {
      refused_.store(bytes > limit || used > limit - bytes, std::memory_order_relaxed);
      if (refused()) return false;
    } while (!array_buffers_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    Raise(array_buffers_peak_, used + bytes);
    return true;
  }
  void RemoveArrayBuffer(size_t bytes) {
    array_buffers_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  // Whether the last ArrayBuffer that was asked for was refused.
  bool refused() const { return refused_.load(std::memory_order_relaxed); }
  size_t heap() const { return heap_.load(std::memory_order_relaxed); }
  size_t heap_peak() const { return heap_peak_.load(std::memory_order_relaxed); }
  size_t array_buffers_peak() const { return array_buffers_peak_.load(std::memory_order_relaxed); }
  // All bytes that are known. The engine counts ArrayBuffers as external too.
  size_t total() const {
    return heap() + std::max(external_.load(std::memory_order_relaxed),
                             array_buffers_.load(std::memory_order_relaxed));
  }

 private:
  static void Raise(std::atomic<size_t>& peak, size_t value) {
    size_t known = peak.load(std::memory_order_relaxed);
    while (value > known && !peak.compare_exchange_weak(known, value, std::memory_order_relaxed)) {
    }
  }

  std::atomic<size_t> heap_{0};
  std::atomic<size_t> heap_peak_{0};
  std::atomic<size_t> external_{0};
  std::atomic<size_t> array_buffers_{0};
  std::atomic<bool> refused_{false};
  std::atomic<size_t> array_buffers_peak_{0};
};

}  // namespace codecell::isolate
