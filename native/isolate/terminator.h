#pragma once

#include <atomic>

#include "base/guarded.h"

namespace v8 {
class Isolate;
}

namespace codecell::isolate {

class IsolateScope;

// A request to stop that outlives the isolate. Any thread may ask; after Detach() a request is
// remembered and reaches nobody.
class Terminator {
 public:
  void Terminate();
  // V8 forgets a termination once it has unwound to the outermost call, so the loop asks here too.
  bool requested() const { return requested_.load(std::memory_order_acquire); }

  // Isolate thread.
  void Attach(IsolateScope& scope);
  void Detach(IsolateScope& scope);  // Before dispose, always.
  void Forget();                     // The same for an isolate that can no longer be entered.

 private:
  std::atomic<bool> requested_{false};
  base::Guarded<v8::Isolate*> target_{nullptr};
};

}  // namespace codecell::isolate
