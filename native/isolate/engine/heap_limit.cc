#include "isolate/engine/heap_limit.h"

#include <optional>
#include <utility>

#include "isolate/exec/limit_error.h"

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

HeapLimit::HeapLimit(IsolateScope& scope, CellLink& link)
    : scope_(scope),
      link_(link),
      is_engine_lenient_(EngineLimit(scope.isolate()) > link.isolate.heap_bytes + kRounding) {
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
  if (held.link_.memory->refused() && held.link_.memory->heap() < held.limit() / 2) return current;
  held.StopCell(current);
  return current + kHeadroom;
}

void HeapLimit::OnCollected(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags,
                            void* data) {
  HeapLimit& held = *static_cast<HeapLimit*>(data);
  held.Measure();
  const size_t used = held.link_.memory->heap();
  if (!held.is_engine_lenient_ || held.is_stopping_ || used <= held.limit()) return;
  if (type == v8::kGCTypeMarkSweepCompact) {
    held.StopCell(used);
  } else if (!std::exchange(held.is_collecting_, true)) {
    // What the others leave behind may be garbage. The engine does not collect inside a collection.
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
  const Stop why{StopCause::kHeapLimit, static_cast<double>(limit()), static_cast<double>(used)};
  const bool is_first = link_.Terminate(why);
  scope_.isolate()->TerminateExecution();  // Deferred by none: memory runs out.
  if (!is_first) return;
  if (auto error = LimitErrorOf(why)) {
    link_.sink->Push(protocol::Stopping{*std::move(error)}, 0);
  }
}

void HeapLimit::Measure() {
  v8::HeapStatistics statistics;
  scope_.isolate()->GetHeapStatistics(&statistics);
  link_.memory->SetHeap(statistics.used_heap_size(),
                        statistics.external_memory() + statistics.malloced_memory());
}

// A single allocation may be far past the limit without the engine's asking.
bool HeapLimit::IsHeld() {
  Measure();
  if (link_.memory->heap() <= limit()) return true;
  scope_.isolate()->LowMemoryNotification();  // What is garbage is not used.
  Measure();
  const size_t kept = link_.memory->heap();
  if (kept <= limit()) return true;
  link_.Terminate({StopCause::kHeapLimit, static_cast<double>(limit()), static_cast<double>(kept)});
  return false;
}

}  // namespace codecell::isolate
