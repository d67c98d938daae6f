#pragma once

#include <v8.h>

#include <cstddef>
#include <functional>
#include <optional>

#include "isolate/engine/isolate_scope.h"
#include "isolate/engine/memory_use.h"
#include "isolate/engine/stop.h"

namespace codecell::isolate {

// Enforces a cell's heap limit, and measures what it uses. The engine asks before it passes its own
// limit. Its limit is the cell's, unless a flag of the process such as --max-old-space-size
// overrides it; then the heap is measured after each garbage collection instead.
class HeapLimit {
 public:
  // `stop_cell` is called on the isolate's thread, inside the engine, where the heap is about to
  // pass its limit. It must not allocate in the isolate.
  HeapLimit(IsolateScope& scope, size_t limit_bytes, MemoryUse& memory,
            std::function<void(const Stop&)> stop_cell);
  HeapLimit(const HeapLimit&) = delete;
  ~HeapLimit();

  void Measure();
  // Collects what the cell no longer uses where it has too much. The reason to stop the cell where
  // it keeps more than it may.
  std::optional<Stop> Passed();

 private:
  static size_t OnNearLimit(void* data, size_t current, size_t initial);
  static void OnCollected(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags flags,
                          void* data);
  static void CollectAll(v8::Isolate* isolate, void* data);

  Stop StopFor(size_t used) const;
  // At once, from inside the engine.
  void StopCell(size_t used);

  IsolateScope& scope_;
  const size_t limit_bytes_;
  MemoryUse& memory_;
  const std::function<void(const Stop&)> stop_cell_;
  bool is_engine_lenient_;
  bool is_collecting_ = false;  // A collection has been asked for.
  bool is_stopping_ = false;    // The heap has passed its limit and was granted more, once.
};

}  // namespace codecell::isolate
