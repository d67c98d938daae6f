#include "isolate/engine/heap_limit.h"

#include <utility>

namespace codecell::isolate {

namespace {

// How far the heap may grow past its limit while the termination takes effect. A single allocation
// can be as large as the longest array or string; where it does not fit the engine gives up the
// whole process.
constexpr size_t kHeadroom = size_t{2048} << 20;

// The engine's limit is what an isolate was made with and some more.
constexpr size_t kRounding = size_t{16} << 20;

size_t EngineLimit(v8::Isolate* isolate) {
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  return statistics.heap_size_limit();
}

}  // namespace

HeapLimit::HeapLimit(IsolateScope& scope, size_t limit_bytes, MemoryUse& memory,
                     std::function<void(const Stop&)> stop_cell)
    : scope_(scope),
      limit_bytes_(limit_bytes),
      memory_(memory),
      stop_cell_(std::move(stop_cell)),
      is_engine_lenient_(EngineLimit(scope.isolate()) > limit_bytes + kRounding) {
  scope.isolate()->AddNearHeapLimitCallback(OnNearLimit, this);
  scope.isolate()->AddGCEpilogueCallback(OnCollected, this);
}

HeapLimit::~HeapLimit() {
  scope_.isolate()->RemoveGCEpilogueCallback(OnCollected, this);
  scope_.isolate()->RemoveNearHeapLimitCallback(OnNearLimit, 0);
}

size_t HeapLimit::OnNearLimit(void* data, size_t current, size_t) {
  HeapLimit& held = *static_cast<HeapLimit*>(data);
  if (held.is_stopping_) return current;  // What does not stop in time is parked; see Park().
  held.Measure();
  // V8 14 asks here too before it gives up on an ArrayBuffer, however small the heap is.
  if (held.memory_.refused() && held.memory_.heap() < held.limit_bytes_ / 2) return current;
  held.StopCell(current);
  return current + kHeadroom;
}

void HeapLimit::OnCollected(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags,
                            void* data) {
  HeapLimit& held = *static_cast<HeapLimit*>(data);
  held.Measure();
  const size_t used = held.memory_.heap();
  if (!held.is_engine_lenient_ || held.is_stopping_ || used <= held.limit_bytes_) return;
  if (type == v8::kGCTypeMarkSweepCompact) {
    held.StopCell(used);
  } else if (!std::exchange(held.is_collecting_, true)) {
    // After another kind of collection the rest may still be garbage. The engine does not collect
    // inside a collection.
    isolate->RequestInterrupt(CollectAll, data);
  }
}

void HeapLimit::CollectAll(v8::Isolate* isolate, void* data) {
  static_cast<HeapLimit*>(data)->is_collecting_ = false;
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kCritical);
  isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kNone);
}

void HeapLimit::StopCell(size_t used) {
  is_stopping_ = true;
  scope_.isolate()->TerminateExecution();  // Whatever defers it: memory runs out.
  stop_cell_(StopFor(used));
}

Stop HeapLimit::StopFor(size_t used) const {
  return {StopCause::kHeapLimit, static_cast<double>(limit_bytes_), static_cast<double>(used)};
}

void HeapLimit::Measure() {
  v8::HeapStatistics statistics;
  scope_.isolate()->GetHeapStatistics(&statistics);
  memory_.SetHeap(statistics.used_heap_size(),
                  statistics.external_memory() + statistics.malloced_memory());
}

// The engine does not ask before a single allocation that goes far past the limit.
std::optional<Stop> HeapLimit::Passed() {
  Measure();
  if (memory_.heap() <= limit_bytes_) return {};
  scope_.isolate()->LowMemoryNotification();  // Garbage does not count.
  Measure();
  const size_t kept = memory_.heap();
  if (kept <= limit_bytes_) return {};
  return StopFor(kept);
}

}  // namespace codecell::isolate
