#pragma once

#include <v8.h>

#include <cstddef>

#include "isolate/engine/isolate_scope.h"
#include "isolate/thread/cell_link.h"

namespace codecell::isolate {

// Holds a cell to its heap limit, and measures what it uses. The engine asks before it passes its
// own limit. That is ours, unless the process was started with a flag such as --max-old-space-size,
// which overrides what an isolate is made with: then garbage collections are looked at instead.
class HeapLimit {
 public:
  HeapLimit(IsolateScope& scope, CellLink& link);
  HeapLimit(const HeapLimit&) = delete;
  ~HeapLimit();

  void Measure();
  // False: the cell keeps more than it may, and has been asked to stop.
  bool IsHeld();

 private:
  static size_t OnNearLimit(void* data, size_t current, size_t initial);
  static void OnCollected(v8::Isolate* isolate, v8::GCType type, v8::GCCallbackFlags flags,
                          void* data);
  static void CollectAll(v8::Isolate* isolate, void* data);

  size_t limit() const { return link_.isolate.heap_bytes; }
  // At once, from inside the engine.
  void StopCell(size_t used);

  IsolateScope& scope_;
  CellLink& link_;
  bool is_engine_lenient_;
  bool is_collecting_ = false;  // A collection has been asked for.
  bool is_stopping_ = false;    // The heap has passed its limit and was granted more, once.
};

}  // namespace codecell::isolate
