#pragma once

#include <v8.h>

namespace codecell::isolate {

// Proof that this thread holds the isolate and may create handles.
class IsolateScope {
 public:
  explicit IsolateScope(v8::Isolate* isolate);
  IsolateScope(const IsolateScope&) = delete;
  IsolateScope& operator=(const IsolateScope&) = delete;

  v8::Isolate* isolate() const { return isolate_; }
  v8::Local<v8::Context> context() const { return isolate_->GetCurrentContext(); }

 private:
  v8::Isolate* const isolate_;
  const bool is_outermost_;  // The order from here on is the order of entry.
  v8::Locker locker_;
  v8::Isolate::Scope entered_;
  v8::HandleScope handles_;
};

// For a call into the engine whose failure the caller need not act on: it leaves an exception
// pending, or the cell is being terminated.
template <typename Maybe>
void LeavePending(const Maybe&) {}

}  // namespace codecell::isolate
